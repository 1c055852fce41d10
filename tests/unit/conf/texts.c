#include "../unit.h"

#include "texts.h"

struct conf *
conf_of(const char *text)
{
	struct conf *c = NULL;
	struct err err = {""};

	if (conf_load_text(bytes_of(text), "t", &c, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	return c;
}

struct err
refusal_of(const char *text)
{
	struct conf *c = NULL;
	struct err err = {""};

	assert_status(conf_load_text(bytes_of(text), "t", &c, &err),
		STATUS_MALFORMED);
	assert_null(c);
	return err;
}
