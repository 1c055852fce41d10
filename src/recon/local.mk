noinst_LIBRARIES += librecon.a
librecon_a_SOURCES = \
	src/recon/digest_map.c src/recon/digest_map.h \
	src/recon/field.c src/recon/field.h \
	src/recon/field_power.c \
	src/recon/gossip.c src/recon/gossip.h \
	src/recon/gossip_address.c src/recon/gossip_address.h \
	src/recon/gossip_call.c \
	src/recon/gossip_door.c \
	src/recon/gossip_end.c \
	src/recon/gossip_orders.c \
	src/recon/gossip_names.c src/recon/gossip_names.h \
	src/recon/gossip_tree.c \
	src/recon/gossip_count.c src/recon/gossip_count.h \
	src/recon/gossip_look.c \
	src/recon/gossip_member.c \
	src/recon/gossip_settings.c src/recon/gossip_state.h \
	src/recon/message.c src/recon/message.h \
	src/recon/message_config.c \
	src/recon/poly.c src/recon/poly.h \
	src/recon/poly_power.c \
	src/recon/prefix.c src/recon/prefix.h \
	src/recon/prefix_node.c src/recon/prefix_node.h \
	src/recon/prefix_tree.c src/recon/prefix_tree.h \
	src/recon/profile.c src/recon/profile.h \
	src/recon/profile_filters.c \
	src/recon/recover.c src/recon/recover.h \
	src/recon/recover_fetch.c \
	src/recon/recover_known.c \
	src/recon/recover_reply.c \
	src/recon/recover_state.h \
	src/recon/recover_submit.c \
	src/recon/sets.c src/recon/sets.h \
	src/recon/sets_build.c src/recon/sets_check.c \
	src/recon/sets_follow.c src/recon/sets_load.c \
	src/recon/sets_save.c src/recon/sets_state.h \
	src/recon/sets_verify.c \
	src/recon/solve.c src/recon/solve.h \
	src/recon/talk.c src/recon/talk.h \
	src/recon/talk_answer.c \
	src/recon/talk_ask.c \
	src/recon/talk_greet.c \
	src/recon/talk_heard.c \
	src/recon/talk_limits.h \
	src/recon/talk_state.h
