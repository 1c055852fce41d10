/*
 * unit.h - what every cmocka test includes first
 *
 * A test file lists its promises in one array; main runs it, and prints TAP as
 * CMOCKA_MESSAGE_OUTPUT says.
 */
#ifndef KEYPOST_UNIT_H
#define KEYPOST_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define assert_ok(expr) assert_int_equal((expr), STATUS_OK)
#define assert_status(expr, want) assert_int_equal((expr), (want))

/* A view equals a C string. */
#define assert_text(view, want)                                                \
	do {                                                                   \
		struct bytes unit_view = (view);                               \
		assert_int_equal(unit_view.len, strlen(want));                 \
		if (unit_view.len)                                             \
			assert_memory_equal(                                   \
				unit_view.data, want, unit_view.len);          \
	} while (0)

#endif
