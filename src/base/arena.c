#include "base/arena.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(max_align_t) uint8_t data[];
};

struct arena {
	struct block *blocks; /* the one being filled comes first */
	size_t max, used;
	size_t next_size;
};

enum {
	ALIGN = _Alignof(max_align_t),
	BLOCK_FIRST = 4096,
	BLOCK_LARGEST = 256 * 1024
};

#if defined(__SANITIZE_ADDRESS__)
#define EXACT_BLOCKS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EXACT_BLOCKS 1
#endif
#endif

#ifdef EXACT_BLOCKS
/* Each piece is a malloc of its own, so that ASan sees where it ends. */
static const bool exact_blocks = true;
#else
static const bool exact_blocks = false;
#endif

static struct block *
block_new(struct block *next, size_t size)
{
	struct block *b = xcalloc(1, sizeof *b + size);

	b->next = next;
	b->size = size;
	return b;
}

static struct block *
add_block(struct arena *a, size_t size)
{
	if (exact_blocks || size > a->next_size) {
		a->blocks = block_new(a->blocks, size);
		return a->blocks;
	}
	a->blocks = block_new(a->blocks, a->next_size);
	if (a->next_size < BLOCK_LARGEST)
		a->next_size *= 2;
	return a->blocks;
}

static void
free_blocks(struct block *b)
{
	struct block *next;

	for (; b; b = next) {
		next = b->next;
		free(b);
	}
}

void
arena_keep_memory(void)
{
#ifdef M_TRIM_THRESHOLD /* what the C library calls it, if it has it */
	(void)mallopt(M_MMAP_THRESHOLD, 8 * 1024 * 1024);
	(void)mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
#endif
}

void
arena_return_memory(void)
{
#ifdef M_MMAP_THRESHOLD
	(void)mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
#endif
}

struct arena *
arena_new(size_t max)
{
	struct arena *a = xcalloc(1, sizeof *a);

	a->max = max;
	a->next_size = BLOCK_FIRST;
	return a;
}

void
arena_free(struct arena *a)
{
	if (!a)
		return;
	free_blocks(a->blocks);
	free(a);
}

void
arena_reset(struct arena *a)
{
	struct block *b = a->blocks;

	a->used = 0;
	if (!b)
		return;
	free_blocks(b->next);
	b->next = NULL;
	if (exact_blocks || b->size > BLOCK_LARGEST) {
		free(b);
		a->blocks = NULL;
		return;
	}
	memset(b->data, 0, b->used);
	b->used = 0;
}

void
arena_release(struct arena *a)
{
	free_blocks(a->blocks);
	a->blocks = NULL;
	a->used = 0;
	a->next_size = BLOCK_FIRST;
}

void
arena_wipe(struct arena *a)
{
	struct block *b;

	for (b = a->blocks; b; b = b->next)
		explicit_bzero(b->data, b->used);
	arena_reset(a);
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}

size_t
arena_held(const struct arena *a)
{
	const struct block *b;
	size_t sum = 0;

	for (b = a->blocks; b; b = b->next)
		sum += b->size;
	return sum;
}

size_t
arena_left(const struct arena *a)
{
	return a->max - a->used;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	struct block *b = a->blocks;
	size_t room, total;
	void *p;

	if (size == 0)
		size = 1;
	if (__builtin_add_overflow(size, (size_t)ALIGN - 1, &room))
		return NULL;
	room -= room % ALIGN;
	if (__builtin_add_overflow(a->used, room, &total) || total > a->max)
		return NULL;
	a->used = total;
	if (exact_blocks)
		room = size;
	if (!b || room > b->size - b->used)
		b = add_block(a, room);
	p = b->data + b->used;
	b->used += room;
	return p;
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		return NULL;
	return arena_alloc(a, total);
}

enum status
arena_copy(struct arena *a, struct bytes b, struct bytes *copy)
{
	uint8_t *p = arena_alloc(a, b.len);

	if (!p)
		return STATUS_LIMIT;
	if (b.len)
		memcpy(p, b.data, b.len);
	*copy = bytes_make(p, b.len);
	return STATUS_OK;
}

char *
arena_str(struct arena *a, struct bytes b)
{
	size_t size;
	char *p;

	if (__builtin_add_overflow(b.len, 1, &size))
		return NULL;
	p = arena_alloc(a, size);
	if (p && b.len)
		memcpy(p, b.data, b.len);
	return p;
}

enum status
arena_grow(struct arena *a, void **items, size_t *cap, size_t want, size_t size)
{
	size_t next;
	void *p = NULL;

	if (want <= *cap)
		return STATUS_OK;
	if (!__builtin_mul_overflow(*cap, 2, &next)) {
		if (next < 8)
			next = 8;
		if (next < want)
			next = want;
		p = arena_array(a, next, size);
	}
	if (!p) {
		/* No room to double: what is wanted may still fit. */
		next = want;
		p = arena_array(a, next, size);
	}
	if (!p)
		return STATUS_LIMIT;
	if (*cap)
		memcpy(p, *items, *cap * size);
	*items = p;
	*cap = next;
	return STATUS_OK;
}
