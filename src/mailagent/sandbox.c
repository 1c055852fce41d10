#include "mailagent/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config.h"

#if defined(HAVE_SECCOMP) && !defined(SANITIZED_BUILD)
#define WITH_FILTER 1
#include <linux/filter.h>
#include <linux/netlink.h>
#include <seccomp.h>
#endif

#ifdef WITH_FILTER
enum { FILTER_MAX = 512 };

/* As the kernel loads it. */
struct filter {
	struct sock_filter list[FILTER_MAX];
	unsigned short len;
};

static struct filter decoder, session;

/* libseccomp writes the program to a file; the children load the copy. */
static enum status
read_filter(scmp_filter_ctx ctx, struct filter *out, struct err *err)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	ssize_t got = -1;

	if (fd >= 0 && seccomp_export_bpf(ctx, fd) == 0 &&
		lseek(fd, 0, SEEK_SET) == 0)
		got = read(fd, out->list, sizeof(out->list));
	if (fd >= 0)
		close(fd);
	if (got <= 0 || (size_t)got == sizeof(out->list)) {
		err_set(err, "system call filter: %s", strerror(errno));
		return STATUS_IO;
	}
	out->len = (unsigned short)((size_t)got / sizeof(out->list[0]));
	return STATUS_OK;
}

/* What stands in a table is allowed whatever its arguments. */
static enum status
make_filter(uint32_t other, const int *allowed, size_t n,
	enum status (*more)(scmp_filter_ctx ctx), struct filter *out,
	struct err *err)
{
	scmp_filter_ctx ctx = seccomp_init(other);
	enum status st = STATUS_OK;

	if (ctx == NULL) {
		err_set(err, "system call filter: no memory");
		return STATUS_IO;
	}
	for (size_t i = 0; i < n; i++) {
		if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0) != 0)
			st = STATUS_IO;
	}
	if (st == STATUS_OK && more != NULL)
		st = more(ctx);
	if (st == STATUS_OK)
		st = read_filter(ctx, out, err);
	else
		err_set(err, "system call filter: a rule is refused");
	seccomp_release(ctx);
	return st;
}

static const int decoder_calls[] = {SCMP_SYS(read), SCMP_SYS(write),
	SCMP_SYS(exit_group), SCMP_SYS(futex), SCMP_SYS(brk), SCMP_SYS(mmap),
	SCMP_SYS(mremap), SCMP_SYS(munmap), SCMP_SYS(rt_sigreturn)};

/*
 * A session speaks with one server, and finds it: names are resolved, and
 * libraries loaded for that, for TLS and for logins. It starts nothing, changes
 * no file, sends no signal and listens to nobody.
 */
static const int session_calls[] = {SCMP_SYS(read), SCMP_SYS(readv),
	SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
	SCMP_SYS(lseek), SCMP_SYS(pipe2), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(connect), SCMP_SYS(bind),
	SCMP_SYS(shutdown), SCMP_SYS(getsockname), SCMP_SYS(getpeername),
	SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(sendto),
	SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg), SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg), SCMP_SYS(recvmmsg), SCMP_SYS(stat), SCMP_SYS(lstat),
	SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx),
	SCMP_SYS(statfs), SCMP_SYS(fstatfs), SCMP_SYS(access),
	SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
	SCMP_SYS(readlinkat), SCMP_SYS(getdents64), SCMP_SYS(getcwd),
	SCMP_SYS(fadvise64), SCMP_SYS(ioctl), SCMP_SYS(fcntl), SCMP_SYS(brk),
	SCMP_SYS(mmap), SCMP_SYS(mremap), SCMP_SYS(munmap), SCMP_SYS(mprotect),
	SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(rseq),
	SCMP_SYS(set_robust_list), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(restart_syscall), SCMP_SYS(getpid), SCMP_SYS(getppid),
	SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid),
	SCMP_SYS(getegid), SCMP_SYS(getresuid), SCMP_SYS(getresgid),
	SCMP_SYS(getrandom), SCMP_SYS(getrlimit), SCMP_SYS(uname),
	SCMP_SYS(sysinfo), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
	SCMP_SYS(time), SCMP_SYS(gettimeofday), SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_getres), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(exit), SCMP_SYS(exit_group)};

/* Files are read and not made; sockets are those of mail and of resolvers,
 * who look whether there are addresses of IPv6. */
enum { WRITES = O_ACCMODE | O_CREAT | O_TRUNC };

static const struct session_rule {
	int call;
	unsigned int count;
	struct scmp_arg_cmp args[2];
} session_rules[] = {
	{SCMP_SYS(openat), 1, {{2, SCMP_CMP_MASKED_EQ, WRITES, O_RDONLY}}},
	{SCMP_SYS(open), 1, {{1, SCMP_CMP_MASKED_EQ, WRITES, O_RDONLY}}},
	{SCMP_SYS(socket), 1, {{0, SCMP_CMP_EQ, AF_UNIX, 0}}},
	{SCMP_SYS(socket), 1, {{0, SCMP_CMP_EQ, AF_INET, 0}}},
	{SCMP_SYS(socket), 1, {{0, SCMP_CMP_EQ, AF_INET6, 0}}},
	{SCMP_SYS(socket), 2,
		{{0, SCMP_CMP_EQ, AF_NETLINK, 0},
			{2, SCMP_CMP_EQ, NETLINK_ROUTE, 0}}},
};

static enum status
add_session_rules(scmp_filter_ctx ctx)
{
	int r = 0;

	for (size_t i = 0; i < sizeof(session_rules) / sizeof(session_rules[0]);
		i++)
		r |= seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW,
			session_rules[i].call, session_rules[i].count,
			session_rules[i].args);
	return r == 0 ? STATUS_OK : STATUS_IO;
}

enum status
sandbox_prepare(struct err *err)
{
	enum status st = STATUS_OK;

	if (decoder.len == 0)
		st = make_filter(SCMP_ACT_KILL_PROCESS, decoder_calls,
			sizeof(decoder_calls) / sizeof(decoder_calls[0]), NULL,
			&decoder, err);
	/* What a library tries in vain it does another way, or says so. */
	if (st == STATUS_OK && session.len == 0)
		st = make_filter(SCMP_ACT_ERRNO(ENOSYS), session_calls,
			sizeof(session_calls) / sizeof(session_calls[0]),
			add_session_rules, &session, err);
	return st;
}

static enum status
load_filter(struct filter *f)
{
	struct sock_fprog program = {f->len, f->list};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return STATUS_IO;
	return STATUS_OK;
}

static enum status
load_decoder_filter(void)
{
	return load_filter(&decoder);
}

static enum status
load_session_filter(void)
{
	return load_filter(&session);
}
#else
enum status
sandbox_prepare(struct err *err)
{
	(void)err;
	return STATUS_OK;
}

static enum status
load_decoder_filter(void)
{
	return STATUS_OK;
}

static enum status
load_session_filter(void)
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
	return load_decoder_filter();
}

enum status
sandbox_enter_relay(void)
{
	struct err err;

	/* It writes a file: before that is forbidden. */
	if (sandbox_prepare(&err) != STATUS_OK || !limit_memory() ||
		!limit(RLIMIT_FSIZE, 0) || !limit(RLIMIT_CORE, 0))
		return STATUS_IO;
	return load_session_filter();
}
