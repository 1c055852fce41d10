/* What keypost-mail may still touch once it has confined itself. */
#include "../unit.h"

#include <errno.h>
#include <fcntl.h>
#include <libetpan/libetpan.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "fake.h"
#include "mailagent/lean.h"
#include "mailagent/sandbox.h"

static bool
kernel_confines(void)
{
#ifdef HAVE_LINUX_LANDLOCK_H
	/* The version, or an error where it is off. */
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) >= 1;
#else
	return false;
#endif
}

static bool
can_create(const char *dir, const char *name)
{
	char path[600];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* In a child, for there is no way back. */
static int
confined(const struct fake *f)
{
	const char *writable[] = {f->maildir, NULL};
	char path[600];
	struct err err;

	snprintf(path, sizeof(path), "%s/secret", f->data);
	if (sandbox_enter_agent(writable, NULL, &err) != STATUS_OK)
		return 1;
	if (!can_create(f->maildir, "inside"))
		return 2;
	if (can_create(f->data, "outside"))
		return 3;
	if (open(path, O_RDONLY) >= 0 || errno != EACCES)
		return 4;
	/* Shared memory is in a folder there. */
	if (open("/dev", O_RDONLY | O_DIRECTORY) >= 0 || errno != EACCES)
		return 5;
	if (open("/dev/urandom", O_RDONLY) < 0)
		return 6;
	return open("/etc/hosts", O_RDONLY) >= 0 ? 0 : 7;
}

static void
test_agent_reaches_its_folders_and_no_others(void **state)
{
	struct fake f;
	int status;
	pid_t pid;

	(void)state;
	if (!kernel_confines())
		return;
	fake_init(&f);
	fake_file(f.data, "secret", "x");
	pid = fork();
	if (pid == 0)
		_exit(confined(&f));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	fake_done(&f);
}

#if defined(HAVE__FORK) && !defined(SANITIZED_BUILD)
static bool
is_there(void (*function)(void))
{
	uintptr_t at = (uintptr_t)function & ~(uintptr_t)4095;

	return msync((void *)at, 1, MS_ASYNC) == 0;
}

/* In a child, and what a child of that sees. */
static int
dropped(void)
{
	void (*foreign)(void) = (void (*)(void))mailsmtp_free;
	void (*ours)(void) = (void (*)(void))lean_process;
	int status;
	pid_t pid;

	if (setenv("LD_BIND_NOW", "1", 1) != 0 || !is_there(foreign))
		return 1;
	lean_process();
	pid = lean_fork();
	if (pid == 0)
		_exit(is_there(foreign) ? 2 : is_there(ours) ? 0 : 3);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 4;
	return WEXITSTATUS(status);
}

static void
test_decoders_do_not_have_the_mail_library(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	if (pid == 0)
		_exit(dropped());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}
#else
static void
test_decoders_do_not_have_the_mail_library(void **state)
{
	(void)state;
}
#endif

int
main(void)
{
	struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agent_reaches_its_folders_and_no_others),
		cmocka_unit_test(test_decoders_do_not_have_the_mail_library),
	};

	/* TAP tells by its name that a test was passed over. */
	if (!kernel_confines())
		tests[0].name = "agent # SKIP this kernel has no Landlock";
#if !defined(HAVE__FORK) || defined(SANITIZED_BUILD)
	tests[1].name = "decoders # SKIP libraries stay in this build";
#endif

	return cmocka_run_group_tests(tests, NULL, NULL);
}
