libhttp_a_SOURCES += \
	src/http/state/metrics.c src/http/state/metrics.h \
	src/http/state/stats.c src/http/state/stats.h
