#include "http/state/format.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistr.h>

#include "base/words.h"

struct format_text
format_date(int64_t t, const char *format)
{
	struct format_text w = {""};
	time_t when = (time_t)t;
	struct tm tm;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (gmtime_r(&when, &tm) == NULL ||
		strftime(w.text, sizeof(w.text), format, &tm) == 0)
		w.text[0] = '\0';
#pragma GCC diagnostic pop
	return w;
}

struct format_text
format_day(int64_t t)
{
	/* TRANSLATORS: a date, as strftime writes it. */
	return format_date(t, _("%Y-%m-%d"));
}

struct format_text
format_minute(int64_t t)
{
	/* TRANSLATORS: a date and the time, as strftime writes them. */
	return format_date(t, _("%Y-%m-%d %H:%M"));
}

struct format_text
format_time(int64_t t)
{
	struct format_text w = {"0001-01-01T00:00:00Z"};

	/* Four digits of a year, or it is no RFC 3339. */
	return t <= 0 || t > 253402300799
		       ? w
		       : format_date(t, "%Y-%m-%dT%H:%M:%SZ");
}

struct format_text
format_number_as(int64_t n, const char *thousand)
{
	struct format_text w;
	char digits[24], apart[8];
	size_t len = strlen(thousand), i, o = 0;

	/* What stands between 1 and 000. */
	snprintf(apart, sizeof(apart), "%.*s", len > 4 ? (int)len - 4 : 0,
		thousand + (len > 0));

	snprintf(digits, sizeof(digits), "%lld", (long long)n);
	len = strlen(digits);
	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0 && digits[i - 1] != '-')
			o += (size_t)snprintf(
				w.text + o, sizeof(w.text) - o, "%s", apart);
		w.text[o++] = digits[i];
	}
	w.text[o] = '\0';
	return w;
}

struct format_text
format_number(int64_t n)
{
	return format_number_as(n, _("1,000"));
}

struct format_text
format_count(const char *form, int64_t n)
{
	struct format_text w;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(w.text, sizeof(w.text), form, format_number(n).text);
#pragma GCC diagnostic pop
	return w;
}

struct format_text
format_span(int64_t seconds)
{
	size_t n;

	if (seconds < 0)
		seconds = 0;
	if (seconds >= 86400) {
		n = (size_t)seconds / 86400;
		return format_count(
			words_count("%s day", "%s days", n), (int64_t)n);
	}
	if (seconds >= 3600) {
		n = (size_t)seconds / 3600;
		return format_count(
			words_count("%s hour", "%s hours", n), (int64_t)n);
	}
	if (seconds >= 60) {
		n = (size_t)seconds / 60;
		return format_count(
			words_count("%s minute", "%s minutes", n), (int64_t)n);
	}
	n = (size_t)seconds;
	return format_count(
		words_count("%s second", "%s seconds", n), (int64_t)n);
}

/* First character, four asterisks, last character: characters, not octets. */
static void
put_masked(const char *text, size_t len, char *out, size_t size)
{
	const uint8_t *s = (const uint8_t *)text;
	size_t first, last = len;

	if (len == 0 || u8_check(s, len) != NULL) {
		snprintf(out, size, "****");
		return;
	}
	first = (size_t)u8_mblen(s, len);
	do
		last--;
	while (last > 0 && (s[last] & 0xC0) == 0x80);
	snprintf(out, size, "%.*s****%.*s", (int)first, text, (int)(len - last),
		text + last);
}

const char *
format_mask_host(struct arena *a, const char *host)
{
	char out[32];

	put_masked(host, strlen(host), out, sizeof(out));
	return arena_str(a, bytes_of(out));
}

const char *
format_mask_mail(struct arena *a, const char *address, bool whole_local,
	bool mask_domain)
{
	const char *at = strrchr(address, '@');
	size_t local = at == NULL ? strlen(address) : (size_t)(at - address);
	char left[400], right[400] = "", out[801];

	if (whole_local)
		snprintf(left, sizeof(left), "%.*s", (int)local, address);
	else
		put_masked(address, local, left, sizeof(left));
	if (at != NULL && mask_domain)
		put_masked(at + 1, strlen(at + 1), right, sizeof(right));
	else if (at != NULL)
		snprintf(right, sizeof(right), "%s", at + 1);
	snprintf(
		out, sizeof(out), "%s%s%s", left, at == NULL ? "" : "@", right);
	return arena_str(a, bytes_of(out));
}

/* The digits of a fingerprint, blanks left out; false if it is none. */
static bool
read_fingerprint(const char *text, char out[67])
{
	size_t n = 2;

	memcpy(out, "0x", 2);
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	for (; *text != '\0'; text++) {
		if (*text == ' ')
			continue;
		if (!isxdigit((unsigned char)*text) || n == 66)
			return false;
		out[n++] = (char)toupper((unsigned char)*text);
	}
	out[n] = '\0';
	return n == 2 + 32 || n == 2 + 40 || n == 2 + 64;
}

const char *
format_contact(struct arena *a, const char *contact)
{
	char fpr[67], *copy;

	if (read_fingerprint(contact, fpr))
		return arena_str(a, bytes_of(fpr));
	if (strncmp(contact, "mailto:", 7) == 0)
		contact += 7;
	copy = arena_str(a, bytes_of(contact));
	if (copy == NULL ||
		u8_check((const uint8_t *)copy, strlen(copy)) == NULL)
		return copy;
	for (char *c = copy; *c != '\0'; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	return copy;
}

const char *
format_mail_error(struct arena *a, const char *last_error, int *code)
{
	char out[96];
	const char *what = "Its mail relay refuses our letters";

	*code = 0;
	if (last_error[0] == '\0')
		return "";
	*code = FORMAT_NO_CODE;
	if (strspn(last_error, "0123456789") != 3)
		return "Its mail relay does not answer";
	*code = atoi(last_error);
	if (last_error[0] == '4')
		what = "Its mail relay puts our letters off for now";
	snprintf(out, sizeof(out), "%s (SMTP code %d)", what, *code);
	return arena_str(a, bytes_of(out));
}

const char *
format_feed_error(struct arena *a, const char *last_error, int *code)
{
	/* As mail/carrier.c says it, behind a code that SMTP would have. */
	static const char answers[] = " it answers ";
	const char *at = strstr(last_error, answers);
	char out[64];

	*code = 0;
	if (last_error[0] == '\0')
		return "";
	*code = at == NULL ? 0 : atoi(at + strlen(answers));
	if (*code < 100 || *code > 999) {
		*code = FORMAT_NO_CODE;
		return "It is not reached";
	}
	snprintf(out, sizeof(out), "It answers with HTTP status %d", *code);
	return arena_str(a, bytes_of(out));
}
