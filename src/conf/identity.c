#include "conf/identity.h"

#include "config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_USER "keypost"

static enum status
refuse(struct err *err, const char *what)
{
	err_set(err, "%s: %s", what, strerror(errno));
	return STATUS_IO;
}

/* Who started us stays: [server] user is for root. */
static void
find_own(struct identity *id)
{
	struct identity own = {.uid = geteuid(), .gid = getegid()};
	const struct passwd *pw = getpwuid(own.uid);

	if (pw != NULL)
		snprintf(own.name, sizeof(own.name), "%s", pw->pw_name);
	else
		snprintf(own.name, sizeof(own.name), "user %ju",
			(uintmax_t)own.uid);
	*id = own;
}

enum status
identity_find(const char *user, struct identity *id, struct err *err)
{
	const char *name = *user != '\0' ? user : DEFAULT_USER;
	struct identity found = {.uid = geteuid(), .gid = getegid()};
	const struct passwd *pw;

	if (geteuid() != 0) {
		find_own(id);
		return STATUS_OK;
	}
	snprintf(found.name, sizeof(found.name), "%s", name);
	pw = getpwnam(name);
	if (pw == NULL && *user == '\0') {
		err_set(err,
			"started as root, and there is no user '%s' to "
			"become: systemd-sysusers makes it once keypost is "
			"installed; or name one with [server] user",
			name);
		return STATUS_REJECTED;
	}
	if (pw == NULL) {
		err_set(err, "[server] user: there is no user '%s'", name);
		return STATUS_REJECTED;
	}
	found.uid = pw->pw_uid;
	found.gid = pw->pw_gid;
	found.stays_root = pw->pw_uid == 0;
	found.change = !found.stays_root;
	*id = found;
	return STATUS_OK;
}

enum status
identity_try(const struct identity *id, struct err *err)
{
	if (!id->change)
		return STATUS_OK;
	if (setegid(id->gid) != 0)
		return refuse(err, "setegid");
	if (seteuid(id->uid) != 0)
		return refuse(err, "seteuid");
	return STATUS_OK;
}

enum status
identity_back(const struct identity *id, struct err *err)
{
	if (!id->change)
		return STATUS_OK;
	if (seteuid(0) != 0)
		return refuse(err, "seteuid");
	if (setegid(0) != 0)
		return refuse(err, "setegid");
	return STATUS_OK;
}

static enum status
change_user(const struct identity *id, struct err *err)
{
	uid_t real, effective, saved;

	if (setgroups(1, &id->gid) != 0)
		return refuse(err, "setgroups");
	if (setresgid(id->gid, id->gid, id->gid) != 0)
		return refuse(err, "setresgid");
	if (setresuid(id->uid, id->uid, id->uid) != 0)
		return refuse(err, "setresuid");
	/* Believe it only when seen, and when there is no way back. */
	if (getresuid(&real, &effective, &saved) != 0 || real != id->uid ||
		effective != id->uid || saved != id->uid || setuid(0) == 0) {
		err_set(err, "still root after setresuid");
		return STATUS_REJECTED;
	}
	return STATUS_OK;
}

enum status
identity_become(const struct identity *id, struct err *err)
{
	static const struct rlimit no_core = {0, 0};
	enum status st = STATUS_OK;

	if (id->change)
		st = change_user(id, err);
	if (st != STATUS_OK)
		return st;
	umask(077);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return refuse(err, "no_new_privs");
#ifndef SANITIZED_BUILD /* LeakSanitizer traces its own process */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return refuse(err, "dumpable");
#endif
	if (setrlimit(RLIMIT_CORE, &no_core) != 0)
		return refuse(err, "RLIMIT_CORE");
	return STATUS_OK;
}
