#include "store/care.h"

#include "store/ops.h"

enum status
store_backup(const struct store_settings *settings,
	const struct backup_job *job, struct backup_facts *facts,
	struct err *err)
{
	const struct store_ops *ops = store_backend(settings->where);

	if (ops != NULL && ops->backup != NULL)
		return ops->backup(settings, job, facts, err);
	err_set(err, "a store in \"%s\" has a backup of its own: use that",
		settings->where);
	return STATUS_UNSUPPORTED;
}

enum status
store_restore(const struct store_settings *settings,
	const struct restore_job *job, struct restore_facts *facts,
	struct err *err)
{
	const struct store_ops *ops = store_backend(settings->where);

	if (ops != NULL && ops->restore != NULL)
		return ops->restore(settings, job, facts, err);
	err_set(err, "a store in \"%s\" has a backup of its own: use that",
		settings->where);
	return STATUS_UNSUPPORTED;
}

enum status
store_check(const struct store_settings *settings, const struct check_job *job,
	struct check_facts *facts, struct err *err)
{
	const struct store_ops *ops = store_backend(settings->where);

	if (ops != NULL && ops->check != NULL)
		return ops->check(settings, job, facts, err);
	err_set(err, "a store in \"%s\" has a check of its own: use that",
		settings->where);
	return STATUS_UNSUPPORTED;
}

enum status
store_upgrade(const struct store_settings *settings,
	const struct upgrade_job *job, struct upgrade_facts *facts,
	struct err *err)
{
	const struct store_ops *ops = store_backend(settings->where);

	if (ops != NULL && ops->upgrade != NULL)
		return ops->upgrade(settings, job, facts, err);
	err_set(err, "a store in \"%s\" is upgraded by its own tools",
		settings->where);
	return STATUS_UNSUPPORTED;
}
