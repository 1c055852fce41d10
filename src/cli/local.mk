noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = \
	src/cli/cli.c \
	src/cli/cli.h \
	src/cli/block_letter.c \
	src/cli/block_letter.h \
	src/cli/cmd_add.c \
	src/cli/cmd_backup.c \
	src/cli/cmd_block.c \
	src/cli/cmd_config.c \
	src/cli/cmd_db.c \
	src/cli/cmd_deliver.c \
	src/cli/cmd_dump.c \
	src/cli/cmd_explain.c \
	src/cli/cmd_get.c \
	src/cli/cmd_graph.c \
	src/cli/cmd_load.c \
	src/cli/cmd_peer.c \
	src/cli/cmd_policy.c \
	src/cli/cmd_queue.c \
	src/cli/cmd_recon.c \
	src/cli/cmd_search.c \
	src/cli/cmd_status.c \
	src/cli/db_tree.c src/cli/db_tree.h \
	src/cli/dump.h \
	src/cli/dump_file.c \
	src/cli/dump_manifest.c \
	src/cli/dump_run.c \
	src/cli/dump_walk.c \
	src/cli/explain.h \
	src/cli/explain_json.c \
	src/cli/explain_secret.c \
	src/cli/explain_text.c \
	src/cli/find.c \
	src/cli/find.h \
	src/cli/graph.c \
	src/cli/graph.h \
	src/cli/graph_page.c \
	src/cli/graph_page.h \
	src/cli/inflate.c \
	src/cli/inflate.h \
	src/cli/ledger.c \
	src/cli/ledger.h \
	src/cli/load.h \
	src/cli/load_daemon.c \
	src/cli/load_reasons.c \
	src/cli/load_count.c \
	src/cli/load_dry.c \
	src/cli/load_files.c \
	src/cli/load_places.c \
	src/cli/load_run.h \
	src/cli/load_folder.c \
	src/cli/load_folder.h \
	src/cli/load_store.c \
	src/cli/material.c \
	src/cli/explain_lone.c src/cli/explain_lone.h \
	src/cli/material.h \
	src/cli/material_armor.c \
	src/cli/material_armor.h \
	src/cli/material_armor_lines.c \
	src/cli/material_armored.c \
	src/cli/material_armored.h \
	src/cli/material_binary.c \
	src/cli/material_cutter.c \
	src/cli/material_cutter.h \
	src/cli/material_find.c \
	src/cli/material_split.c src/cli/material_split.h \
	src/cli/material_stream.c \
	src/cli/options.c src/cli/options.h \
	src/cli/probe.c src/cli/probe.h \
	src/cli/progress.c \
	src/cli/progress.h \
	src/cli/remote.c \
	src/cli/remote.h \
	src/cli/simulate.c \
	src/cli/simulate.h \
	src/cli/show.c \
	src/cli/show_gossip.c \
	src/cli/show_gossip.h \
	src/cli/show.h \
	src/cli/visible.c src/cli/visible.h

bin_PROGRAMS += keypost
keypost_SOURCES = src/cli/main.c
keypost_LDADD = $(CLI_LINK)
