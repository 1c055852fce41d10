#include "mailagent/lean.h"

#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config.h"

#if defined(HAVE__FORK) && !defined(SANITIZED_BUILD)

/* What every program needs. */
static const char *const kept[] = {"linux-vdso.so", "ld-", "libc.so"};

static bool
is_kept(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	size_t i;

	/* The program itself has no name here. */
	if (name[0] == '\0')
		return true;
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (strncmp(name, kept[i], strlen(kept[i])) == 0)
			return true;
	}
	return false;
}

/* Whole, in one go: the list of its parts is in its first part. */
static int
drop_library(struct dl_phdr_info *info, size_t size, void *ctx)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = UINTPTR_MAX, to = 0;
	size_t i;

	(void)size;
	(void)ctx;
	if (is_kept(info->dlpi_name))
		return 0;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + part->p_vaddr;

		if (part->p_type != PT_LOAD)
			continue;
		if (start < from)
			from = start;
		if (start + part->p_memsz > to)
			to = start + part->p_memsz;
	}
	from &= ~(page - 1);
	to = (to + page - 1) & ~(page - 1);
	if (from < to)
		(void)munmap((void *)from, to - from);
	return 0;
}

void
lean_process(void)
{
	if (getenv("LD_BIND_NOW") != NULL)
		(void)dl_iterate_phdr(drop_library, NULL);
}

pid_t
lean_fork(void)
{
	return _Fork();
}

#else

void
lean_process(void)
{
}

pid_t
lean_fork(void)
{
	return fork();
}

#endif
