noinst_LIBRARIES += libingest.a
libingest_a_SOURCES = \
	src/ingest/ingest.h \
	src/ingest/policy.h \
	src/ingest/submission.h \
	src/ingest/writer.h
