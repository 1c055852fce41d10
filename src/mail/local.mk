noinst_LIBRARIES += libmail.a
libmail_a_SOURCES = \
	src/mail/agent.c src/mail/agent.h \
	src/mail/answers.c src/mail/answers.h \
	src/mail/auth.c src/mail/auth.h src/mail/auth_results.c \
	src/mail/auth_openpgp.c src/mail/auth_openpgp.h \
	src/mail/batch.c src/mail/batch.h \
	src/mail/bounce.c src/mail/bounce.h \
	src/mail/brake.c src/mail/brake.h \
	src/mail/canary.c src/mail/canary.h \
	src/mail/canary_find.c src/mail/canary_find.h \
	src/mail/canary_look.c src/mail/canary_state.h \
	src/mail/canary_key.c src/mail/canary_key.h \
	src/mail/carrier.c src/mail/carrier.h \
	src/mail/classify.c src/mail/classify.h \
	src/mail/command.c src/mail/command.h \
	src/mail/command_add.c src/mail/command_find.c \
	src/mail/command_help.c src/mail/command_last.c \
	src/mail/command_rows.h \
	src/mail/compose.c src/mail/compose.h src/mail/compose_fields.h \
	src/mail/compose_signed.c src/mail/compose_signed.h \
	src/mail/courier.c src/mail/courier.h src/mail/courier_state.h \
	src/mail/courier_bounce.c src/mail/courier_control.c \
	src/mail/courier_extra.c src/mail/courier_job.c \
	src/mail/courier_pace.c src/mail/courier_peer.c src/mail/courier_plan.c \
	src/mail/courier_prune.c src/mail/courier_rows.c \
	src/mail/courier_reply.c src/mail/courier_socket.c \
	src/mail/dedupe.c src/mail/dedupe.h \
	src/mail/draft.c src/mail/draft.h src/mail/draft_cut.c \
	src/mail/gaps.c src/mail/gaps.h \
	src/mail/inbox.c src/mail/inbox.h src/mail/inbox_state.h \
	src/mail/inbox_answer.c src/mail/inbox_machine.c \
	src/mail/inbox_post.c src/mail/inbox_rate.c \
	src/mail/inbox_repair.c \
	src/mail/inbox_served.c \
	src/mail/incoming.c src/mail/incoming.h \
	src/mail/key_file.c src/mail/key_file.h \
	src/mail/known.c src/mail/known.h \
	src/mail/letter_log.c src/mail/letter_log.h \
	src/mail/mail.c src/mail/mail.h \
	src/mail/proofs.c src/mail/proofs.h \
	src/mail/quoted.c src/mail/quoted.h \
	src/mail/ranges.c src/mail/ranges.h \
	src/mail/rate.c src/mail/rate.h \
	src/mail/offers.c src/mail/offers.h \
	src/mail/own_key.c src/mail/own_key.h \
	src/mail/repair.c src/mail/repair.h src/mail/repair_state.h \
	src/mail/repair_answer.c src/mail/repair_mute.c src/mail/repair_note.c \
	src/mail/repair_owed.c \
	src/mail/repair_send.c src/mail/repair_step.c \
	src/mail/repair_sums.c \
	src/mail/repair_write.c \
	src/mail/relay_tls.c src/mail/relay_tls.h \
	src/mail/reply.c src/mail/reply.h \
	src/mail/retry.c src/mail/retry.h \
	src/mail/seen.c src/mail/seen.h \
	src/mail/span.c src/mail/span.h \
	src/mail/summary.c src/mail/summary.h \
	src/mail/text_wrap.c src/mail/text_wrap.h
EXTRA_DIST += \
	doc/decisions/letters-by-range.md \
	doc/decisions/repair-by-range.md \
	doc/decisions/repair-by-summary.md \
	doc/decisions/seen-keeps-spelling.md \
	doc/decisions/strangers-may-send-updates.md \
	doc/decisions/what-proves-a-peer.md
