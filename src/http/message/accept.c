#include "http/message/accept.h"

#include "http/message/form.h"

/* "0.85" as 850; what is no number counts in full. */
static int
read_weight(struct bytes v)
{
	int n, digits;
	size_t i;

	if (v.len == 0 || (v.data[0] != '0' && v.data[0] != '1'))
		return ACCEPT_FULL;
	if (v.data[0] == '1')
		return ACCEPT_FULL;
	for (n = 0, digits = 0, i = 2; digits < 3; digits++, i++) {
		int d = i < v.len ? v.data[i] - '0' : 0;

		n = n * 10 + (d >= 0 && d <= 9 ? d : 0);
	}
	return n;
}

int
accept_member_weight(struct bytes member)
{
	size_t i, end;

	for (i = 0; i < member.len; i = end) {
		struct bytes p;

		while (i < member.len && member.data[i] != ';')
			i++;
		if (i < member.len)
			i++;
		for (end = i; end < member.len && member.data[end] != ';';)
			end++;
		p = bytes_trim(bytes_make(member.data + i, end - i));
		if (bytes_starts_nocase(p, "q="))
			return read_weight(bytes_make(p.data + 2, p.len - 2));
	}
	return ACCEPT_FULL;
}

bool
accept_next(struct bytes list, size_t *pos, struct bytes *member)
{
	size_t start = *pos, end = start;

	if (start >= list.len)
		return false;
	while (end < list.len && list.data[end] != ',')
		end++;
	*member = bytes_make(list.data + start, end - start);
	*pos = end + 1;
	return true;
}

/* The first member that names `type`: its weight, and its place. */
static int
find(struct bytes accept, const char *type, size_t *place)
{
	struct bytes member;
	size_t pos = 0;

	for (*place = 0; accept_next(accept, &pos, &member); *place = pos)
		if (bytes_eq_nocase(form_media_type(member), bytes_of(type)))
			return accept_member_weight(member);
	return 0;
}

int
accept_weight(struct bytes accept, const char *type)
{
	size_t place;

	return find(accept, type, &place);
}

bool
accept_prefers(struct bytes accept, const char *type, const char *other)
{
	size_t place = 0, other_place = 0;
	int w = find(accept, type, &place);
	int o = find(accept, other, &other_place);

	return w > 0 && (w > o || (w == o && place < other_place));
}
