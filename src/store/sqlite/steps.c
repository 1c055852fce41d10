#include <sys/random.h>

#include "base/hex.h"
#include "store/sqlite/db.h"
#include "store/sqlite/meta.h"
#include "store/sqlite/migrate.h"

extern const char sqlite_schema_1[];

/* A store's name for life: Message-IDs are made from it. */
static enum status
make_store_id(struct sqlite_session *s, struct err *err)
{
	uint8_t id[16];
	char hex[2 * sizeof(id) + 1];
	struct stmt_run run;

	if (getrandom(id, sizeof(id), 0) != (ssize_t)sizeof(id)) {
		err_set(err, "no random octets from the kernel");
		return STATUS_IO;
	}
	hex_write_lower(bytes_make(id, sizeof(id)), hex);
	run = stmt_start(s, STMT_META_PUT);
	stmt_bind_text(&run, META_STORE_ID);
	stmt_bind_text(&run, hex);
	return stmt_finish(&run, err);
}

const struct migrate_step migrate_steps[] = {
	{.sql = sqlite_schema_1, .run = make_store_id},
};

const size_t migrate_step_count =
	sizeof(migrate_steps) / sizeof(migrate_steps[0]);
