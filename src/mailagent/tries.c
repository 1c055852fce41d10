#include "mailagent/tries.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

unsigned
tries_add(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name,
		O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct stat info = {.st_size = 0};
	unsigned tries = 1;

	if (fd < 0)
		return tries;
	if (write(fd, ".", 1) == 1 && fstat(fd, &info) == 0 &&
		info.st_size > 0 && info.st_size < 1000)
		tries = (unsigned)info.st_size;
	close(fd);
	return tries;
}

void
tries_clear(int dir_fd, const char *name)
{
	(void)unlinkat(dir_fd, name, 0);
}

void
tries_drop_old(int dir_fd, int64_t seconds)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *d;
	struct stat info;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((d = readdir(dir)) != NULL) {
		if (fstatat(fd, d->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISREG(info.st_mode) &&
			clock_wall_s() - info.st_mtime > seconds)
			(void)unlinkat(fd, d->d_name, 0);
	}
	closedir(dir);
}
