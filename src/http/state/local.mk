libhttp_a_SOURCES += \
	src/http/state/stats.c src/http/state/stats.h
