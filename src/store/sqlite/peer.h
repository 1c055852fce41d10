/*
 * peer.h - rows of peers, their planned letters, what they are owed
 *
 * Threads: the session's.
 */
#ifndef KEYPOST_STORE_SQLITE_PEER_H
#define KEYPOST_STORE_SQLITE_PEER_H

#include "store/sqlite/db.h"

enum status sqlite_list_peers(struct store_session *s, struct arena *arena,
	struct peer **list, size_t *count, struct err *err);
enum status sqlite_find_peer(struct store_session *s, const char *name,
	struct arena *arena, struct peer *peer, struct err *err);
enum status sqlite_put_peer(
	struct store_session *s, const struct peer *p, struct err *err);
enum status sqlite_delete_peer(
	struct store_session *s, const char *name, struct err *err);

enum status sqlite_list_letters(struct store_session *s, const char *peer,
	struct arena *arena, struct letter **list, size_t *count,
	struct err *err);
enum status sqlite_put_letter(struct store_session *s, const char *peer,
	const struct letter *l, struct err *err);
enum status sqlite_delete_letter(struct store_session *s, const char *peer,
	int64_t first_seq, struct err *err);

enum status sqlite_list_owed(struct store_session *s, const char *peer,
	size_t max, struct arena *arena, struct owed **list, size_t *count,
	struct err *err);
enum status sqlite_put_owed(struct store_session *s, const char *peer,
	const struct owed *o, struct err *err);
enum status sqlite_delete_owed(struct store_session *s, const char *peer,
	const struct cert_id *id, struct err *err);

#endif
