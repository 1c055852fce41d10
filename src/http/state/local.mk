libhttp_a_SOURCES += \
	src/http/state/chart.c \
	src/http/state/counts.c src/http/state/counts.h \
	src/http/state/families.c src/http/state/families.h \
	src/http/state/exposition.c src/http/state/exposition.h \
	src/http/state/format.c src/http/state/format.h \
	src/http/state/gather.c src/http/state/gather.h \
	src/http/state/graph_dot.c \
	src/http/state/graph_box.c src/http/state/graph_box.h \
	src/http/state/graph_edge.c src/http/state/graph_edge.h \
	src/http/state/graph_svg.c \
	src/http/state/health.c src/http/state/health.h \
	src/http/state/histogram.c src/http/state/histogram.h \
	src/http/state/log_count.c src/http/state/log_count.h \
	src/http/state/metrics.c src/http/state/metrics.h \
	src/http/state/metrics_server.c src/http/state/metrics_server.h \
	src/http/state/canary_status.c \
	src/http/state/peer_status.c \
	src/http/state/peer_table.c src/http/state/peer_table.h \
	src/http/state/peers.c src/http/state/peers.h \
	src/http/state/render.h \
	src/http/state/site_state.h \
	src/http/state/stats.c src/http/state/stats.h \
	src/http/state/stats_html.c \
	src/http/state/stats_json.c \
	src/http/state/svg.c src/http/state/svg.h
