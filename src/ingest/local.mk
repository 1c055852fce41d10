noinst_LIBRARIES += libingest.a
libingest_a_SOURCES = \
	src/ingest/dropped.c \
	src/ingest/dropped.h \
	src/ingest/fold.c \
	src/ingest/fold.h \
	src/ingest/ingest.c \
	src/ingest/ingest.h \
	src/ingest/latch.c \
	src/ingest/latch.h \
	src/ingest/lone.c \
	src/ingest/lone.h \
	src/ingest/policy.c \
	src/ingest/policy.h \
	src/ingest/prepare_level.c src/ingest/prepare_state.h \
	src/ingest/prepare.c \
	src/ingest/prepare.h \
	src/ingest/record.c \
	src/ingest/record.h \
	src/ingest/stage.c \
	src/ingest/stage.h \
	src/ingest/submission.c \
	src/ingest/submission.h \
	src/ingest/tally.c \
	src/ingest/tally.h \
	src/ingest/terms.c \
	src/ingest/terms.h \
	src/ingest/wakes.c \
	src/ingest/wakes.h \
	src/ingest/work.h \
	src/ingest/worker.c \
	src/ingest/worker.h \
	src/ingest/writer.c \
	src/ingest/writer.h \
	src/ingest/writer_do.c
