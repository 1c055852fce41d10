#include "mailagent/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "config.h"

#if defined(HAVE_SECCOMP) && !defined(SANITIZED_BUILD)
#define WITH_FILTER 1
#include <linux/filter.h>
#include <seccomp.h>
#endif

#ifdef WITH_FILTER
enum { FILTER_MAX = 256 };

static struct sock_filter filter[FILTER_MAX];
static unsigned short filter_len;

/* libseccomp writes the program to a file; the children load the copy. */
static enum status
read_filter(scmp_filter_ctx ctx, struct err *err)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	ssize_t got = -1;

	if (fd >= 0 && seccomp_export_bpf(ctx, fd) == 0 &&
		lseek(fd, 0, SEEK_SET) == 0)
		got = read(fd, filter, sizeof(filter));
	if (fd >= 0)
		close(fd);
	if (got <= 0 || (size_t)got == sizeof(filter)) {
		err_set(err, "system call filter: %s", strerror(errno));
		return STATUS_IO;
	}
	filter_len = (unsigned short)((size_t)got / sizeof(filter[0]));
	return STATUS_OK;
}

enum status
sandbox_prepare(struct err *err)
{
	static const int allowed[] = {SCMP_SYS(read), SCMP_SYS(write),
		SCMP_SYS(exit_group), SCMP_SYS(futex), SCMP_SYS(brk),
		SCMP_SYS(mmap), SCMP_SYS(mremap), SCMP_SYS(munmap),
		SCMP_SYS(rt_sigreturn)};
	scmp_filter_ctx ctx;
	enum status st = STATUS_OK;
	size_t i;

	if (filter_len > 0)
		return STATUS_OK;
	ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (ctx == NULL) {
		err_set(err, "system call filter: no memory");
		return STATUS_IO;
	}
	for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0) != 0)
			st = STATUS_IO;
	}
	if (st == STATUS_OK)
		st = read_filter(ctx, err);
	seccomp_release(ctx);
	return st;
}

static enum status
load_filter(void)
{
	struct sock_fprog program = {filter_len, filter};

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return STATUS_IO;
	return STATUS_OK;
}
#else
enum status
sandbox_prepare(struct err *err)
{
	(void)err;
	return STATUS_OK;
}

static enum status
load_filter(void)
{
	return STATUS_OK;
}
#endif

static bool
limit(int which, rlim_t max)
{
	struct rlimit l = {max, max};

	return setrlimit((__rlimit_resource_t)which, &l) == 0;
}

static bool
limit_memory(void)
{
#ifdef SANITIZED_BUILD
	return true;
#else
	return limit(RLIMIT_AS, SANDBOX_MEMORY);
#endif
}

enum status
sandbox_enter_decoder(void)
{
	if (!limit_memory() || !limit(RLIMIT_CPU, SANDBOX_CPU_SECONDS) ||
		!limit(RLIMIT_NOFILE, SANDBOX_FILES) ||
		!limit(RLIMIT_FSIZE, 0) || !limit(RLIMIT_CORE, 0))
		return STATUS_IO;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return STATUS_IO;
	return load_filter();
}

enum status
sandbox_enter_relay(void)
{
	if (!limit_memory() || !limit(RLIMIT_FSIZE, 0) ||
		!limit(RLIMIT_CORE, 0))
		return STATUS_IO;
	return STATUS_OK;
}
