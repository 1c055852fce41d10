libhttp_a_SOURCES += \
	src/http/state/exposition.c src/http/state/exposition.h \
	src/http/state/health.c src/http/state/health.h \
	src/http/state/metrics.c src/http/state/metrics.h \
	src/http/state/metrics_server.c \
	src/http/state/metrics_server.h \
	src/http/state/stats.c src/http/state/stats.h
