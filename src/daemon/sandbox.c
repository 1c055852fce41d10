#include "daemon/sandbox.h"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>
#endif
#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif

#if defined(HAVE_LINUX_LANDLOCK_H) && !defined(SANITIZED_BUILD)

enum {
	READ_RIGHTS =
		LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	ALL_RIGHTS = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 /* first version */
};

/* A path that is not there needs no right. */
static enum status
allow(int ruleset, const char *path, uint64_t rights, struct err *err)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = rights};
	long r;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return STATUS_OK;
	r = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		&rule, 0);
	close(rule.parent_fd);
	if (r == 0)
		return STATUS_OK;
	err_set(err, "landlock: %s: %s", path, strerror(errno));
	return STATUS_IO;
}

static enum status
allow_all(int ruleset, const struct conf *conf, struct err *err)
{
	const uint64_t write = ALL_RIGHTS & ~LANDLOCK_ACCESS_FS_EXECUTE;
	char folder[PATH_MAX];
	char *slash;
	enum status st;

	st = allow(ruleset, conf->data, write, err);
	if (st == STATUS_OK && *conf->mail.letter_log != '\0')
		st = allow(ruleset, conf->mail.letter_log, write, err);
	if (st == STATUS_OK && conf->path != NULL) {
		snprintf(folder, sizeof(folder), "%s", conf->path);
		slash = strrchr(folder, '/');
		if (slash != NULL)
			slash[slash == folder ? 1 : 0] = '\0';
		st = allow(ruleset, folder, READ_RIGHTS, err);
	}
	if (st == STATUS_OK)
		st = allow(ruleset, conf->http.web, READ_RIGHTS, err);
	/* libgcrypt and the C library look here now and then. */
	if (st == STATUS_OK)
		st = allow(ruleset, "/etc", READ_RIGHTS, err);
	/* Where /etc/resolv.conf may point to. */
	if (st == STATUS_OK)
		st = allow(ruleset, "/run/systemd/resolve", READ_RIGHTS, err);
	for (size_t i = 0; st == STATUS_OK && i < conf->mail.peer_count; i++) {
		const struct peer_settings *p = &conf->mail.peers[i];

		if (peer_is_fed(p) && p->tls_ca[0] != '\0')
			st = allow(ruleset, p->tls_ca,
				LANDLOCK_ACCESS_FS_READ_FILE, err);
	}
	if (st == STATUS_OK)
		st = allow(ruleset, "/dev/urandom",
			LANDLOCK_ACCESS_FS_READ_FILE, err);
	return st;
}

static enum status
enter_landlock(const struct conf *conf, bool *done, struct err *err)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = ALL_RIGHTS};
	enum status st;
	int ruleset;

	ruleset = (int)syscall(
		SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		return STATUS_OK; /* not in this kernel */
	st = allow_all(ruleset, conf, err);
	if (st == STATUS_OK &&
		syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) {
		err_set(err, "landlock: %s", strerror(errno));
		st = STATUS_IO;
	}
	close(ruleset);
	if (st == STATUS_OK)
		*done = true;
	return st;
}

#else

static enum status
enter_landlock(const struct conf *conf, bool *done, struct err *err)
{
	(void)conf;
	(void)done;
	(void)err;
	return STATUS_OK;
}

#endif

#if defined(HAVE_SECCOMP) && !defined(SANITIZED_BUILD)

static const char *const forbidden[] = {"execve", "execveat", "ptrace",
	"process_vm_readv", "process_vm_writev", "bpf", "mount", "umount2",
	"move_mount", "open_tree", "fsopen", "fsmount", "pivot_root", "chroot",
	"keyctl", "add_key", "request_key", "userfaultfd", "io_uring_setup",
	"io_uring_enter", "io_uring_register", "unshare", "setns", "kexec_load",
	"init_module", "finit_module", "delete_module", "reboot", "swapon",
	"swapoff", "perf_event_open"};

static int
add_rules(scmp_filter_ctx filter, uint32_t action)
{
	int call, r = 0;

	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
		call = seccomp_syscall_resolve_name(forbidden[i]);
		if (call == __NR_SCMP_ERROR)
			continue; /* unknown to this library */
		r = seccomp_rule_add(filter, action, call, 0);
		if (r < 0)
			return r;
	}
	for (uint64_t f = 0; r == 0 && f <= AF_NETLINK; f++) {
		if (f == AF_UNIX || f == AF_INET || f == AF_INET6)
			continue;
		/* The C library asks for addresses of this host before it sorts
		 * those of a name, and does without. */
		r = seccomp_rule_add(filter,
			f == AF_NETLINK ? SCMP_ACT_ERRNO(EPERM) : action,
			SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, f, 0));
	}
	if (r == 0)
		r = seccomp_rule_add(filter, action, SCMP_SYS(socket), 1,
			SCMP_A0(SCMP_CMP_GT, AF_NETLINK, 0));
	return r;
}

static enum status
enter_seccomp(enum sandbox_mode mode, bool *done, struct err *err)
{
	uint32_t action = mode == SANDBOX_KILL ? SCMP_ACT_KILL_PROCESS
					       : SCMP_ACT_ERRNO(EPERM);
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int r;

	if (filter == NULL) {
		err_set(err, "seccomp: no filter");
		return STATUS_IO;
	}
	/* What is refused leaves a line in the kernel's log. */
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	r = add_rules(filter, action);
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	if (r == 0) {
		*done = true;
		return STATUS_OK;
	}
	err_set(err, "seccomp: %s", strerror(-r));
	return STATUS_IO;
}

#else

static enum status
enter_seccomp(enum sandbox_mode mode, bool *done, struct err *err)
{
	(void)mode;
	(void)done;
	(void)err;
	return STATUS_OK;
}

#endif

enum status
sandbox_enter(
	const struct conf *conf, struct sandbox_done *done, struct err *err)
{
	struct sandbox_done d = {false, false};
	enum status st = STATUS_OK;

	if (conf->sandbox != SANDBOX_NO)
		st = enter_landlock(conf, &d.landlock, err);
	if (st == STATUS_OK && conf->sandbox != SANDBOX_NO)
		st = enter_seccomp(conf->sandbox, &d.seccomp, err);
	if (st == STATUS_OK)
		*done = d;
	return st;
}
