#include "mailagent/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config.h"

#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>

enum {
	READ_RIGHTS = LANDLOCK_ACCESS_FS_READ_FILE |
		      LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE,
	WRITE_RIGHTS =
		LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
		LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
		LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
		LANDLOCK_ACCESS_FS_REMOVE_DIR,
	/* All that version 1 knows of; MAKE_SYM is its last. */
	HANDLED_RIGHTS = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1
};

/* What resolving names, and loading what resolves them, reads. */
static const char *const system_folders[] = {
	"/etc", "/usr", "/lib", "/lib64", "/run", "/proc", NULL};
/* Not all of /dev: what others share in memory is below it. */
static const char *const system_files[] = {
	"/dev/null", "/dev/random", "/dev/urandom", NULL};

static enum status
allow(int rules, const char *const *paths, unsigned rights, struct err *err)
{
	for (; paths != NULL && *paths != NULL; paths++) {
		struct landlock_path_beneath_attr beneath = {
			.allowed_access = rights};
		long r;

		beneath.parent_fd = open(*paths, O_PATH | O_CLOEXEC);
		if (beneath.parent_fd < 0)
			continue;
		r = syscall(SYS_landlock_add_rule, rules,
			LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
		close(beneath.parent_fd);
		if (r != 0) {
			err_set(err, "confine to %s: %s", *paths,
				strerror(errno));
			return STATUS_IO;
		}
	}
	return STATUS_OK;
}

enum status
sandbox_enter_agent(const char *const *writable, const char *const *readable,
	struct err *err)
{
	struct landlock_ruleset_attr attr = {
		.handled_access_fs = HANDLED_RIGHTS};
	enum status st;
	int rules;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		err_set(err, "no new privileges: %s", strerror(errno));
		return STATUS_IO;
	}
	rules = (int)syscall(
		SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	/* An old kernel, or one started without it. */
	if (rules < 0)
		return STATUS_OK;
	st = allow(rules, system_folders, READ_RIGHTS, err);
	/* Files: to read a folder is no right that the kernel takes for one. */
	if (st == STATUS_OK)
		st = allow(rules, system_files, LANDLOCK_ACCESS_FS_READ_FILE,
			err);
	if (st == STATUS_OK)
		st = allow(rules, readable, LANDLOCK_ACCESS_FS_READ_FILE, err);
	if (st == STATUS_OK)
		st = allow(rules, writable, WRITE_RIGHTS, err);
	if (st == STATUS_OK &&
		syscall(SYS_landlock_restrict_self, rules, 0) != 0) {
		err_set(err, "confine: %s", strerror(errno));
		st = STATUS_IO;
	}
	close(rules);
	return st;
}
#else
enum status
sandbox_enter_agent(const char *const *writable, const char *const *readable,
	struct err *err)
{
	(void)writable;
	(void)readable;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		return STATUS_OK;
	err_set(err, "no new privileges: %s", strerror(errno));
	return STATUS_IO;
}
#endif
