/*
 * protocol.h - the frames between keypostd and keypost-mail
 *
 * Two socket pairs, handed to keypost-mail as descriptors AGENT_FD_IN and
 * AGENT_FD_OUT. On `in` the agent sends FRAME_LETTER and the daemon answers
 * FRAME_DONE with the same id; on `out` the daemon sends FRAME_SEND and the
 * agent answers FRAME_SENT. The daemon's first frame on `in` is FRAME_CONFIG.
 * Payloads are fields (base/frame.h); a field not named here is skipped.
 *
 * The daemon distrusts its child: every field is checked again.
 */
#ifndef KEYPOST_MAILAGENT_PROTOCOL_H
#define KEYPOST_MAILAGENT_PROTOCOL_H

#include "base/agent_fd.h"

enum {
	AGENT_LETTERS_MAX = 64, /* letters in flight to the daemon */
	AGENT_RELAYS_MAX = 16,  /* sessions at once, one peer each */
	AGENT_DONE_SECONDS = 60 /* then LMTP says 451 */
};

enum agent_frame {
	FRAME_CONFIG = 'C', /* daemon -> agent, once, on `in` */
	FRAME_LETTER = 'L', /* agent -> daemon */
	FRAME_DONE = 'D',   /* daemon -> agent */
	FRAME_BEAT = 'B',   /* agent -> daemon, on `in`, every 10 s */
	FRAME_SEND = 'S',   /* daemon -> agent */
	FRAME_SENT = 'T'    /* agent -> daemon */
};

/* FRAME_CONFIG */
enum config_field {
	CONFIG_DATA = 1,      /* data folder: spool/, quarantine/ below it */
	CONFIG_MAILDIR = 2,   /* a Maildir; absent: none */
	CONFIG_LMTP = 3,      /* listening address; absent: none */
	CONFIG_ADDRESS = 4,   /* our sync address */
	CONFIG_HOST = 5,      /* the name we greet with */
	CONFIG_LOG_LEVEL = 6, /* number */
	CONFIG_READABLE = 7,  /* a file that sessions read: repeats */
	CONFIG_IMAP = 20,     /* imaps://USER@HOST/FOLDER; absent: none */
	CONFIG_IMAP_PASSWORD = 21, /* the file with it */
	CONFIG_IMAP_TLS = 22,      /* enum relay_tls, number: for imap:// */
	CONFIG_IMAP_PIN = 23,      /* SHA-256 of its certificate */
	CONFIG_IMAP_SHARED = 24,   /* number, 1: what is not ours stays */
	CONFIG_TLS_CA = 25,        /* file of authorities; absent: system's */
	CONFIG_RENEW_MS = 26       /* number, for tests: how long it lives with
				      a source that cannot be opened */
};

/* FRAME_BEAT */
enum beat_field {
	BEAT_BROKEN = 1 /* a source that cannot be opened, by name: repeats */
};

/* FRAME_LETTER: one decoded letter. */
enum letter_field {
	LETTER_SOURCE = 1,   /* "lmtp", "spool", "maildir", "imap" */
	LETTER_SENDER = 2,   /* envelope sender; empty: null; absent: unknown */
	LETTER_FROM = 3,     /* bare address; absent: no usable From */
	LETTER_REPLY_TO = 4, /* bare address; absent: none */
	LETTER_SUBJECT = 5,  /* unfolded, RFC 2047-decoded, trimmed, UTF-8 */
	LETTER_MESSAGE_ID = 6, /* without angle brackets; printable ASCII */
	LETTER_REFERENCES = 7, /* printable ASCII */
	LETTER_SEEN = 8,       /* each X-KeyServer-Sent address: repeats;
				  empty: there are such fields and none in them */
	LETTER_SEEN_OVER = 9,  /* number: the list passed its cap (8.4.5) */
	LETTER_MACHINE = 10,   /* enum letter_machine, number */
	LETTER_BLOCK = 11,     /* decoded text of a part with key material:
				  armor or binary; repeats, in order */
	LETTER_BLOCK_KIND =
		12,        /* enum letter_block, number: of the next block */
	LETTER_BATCH = 13, /* X-Keypost-Batch value */
	LETTER_SIZE = 14,  /* number: octets of the whole letter */
	LETTER_PRECEDENCE = 15,    /* the value, printable ASCII */
	LETTER_TO = 16,            /* bare addresses of To, Cc, Delivered-To,
				      X-Original-To: repeats */
	LETTER_REPORT = 17,        /* number, 1: multipart/report (RFC 6522) */
	LETTER_BOUNCE_TO = 60,     /* bare address that it came to: repeats */
	LETTER_BOUNCE_ENVID = 61,  /* Original-Envelope-Id */
	LETTER_BOUNCE_RCPT = 62,   /* bare address: Final-Recipient, else
				      Original-Recipient */
	LETTER_BOUNCE_ACTION = 63, /* "failed", "delayed", ... */
	LETTER_BOUNCE_STATUS = 64, /* "5.1.1" */
	LETTER_BOUNCE_TEXT = 65,   /* Diagnostic-Code, printable ASCII */
	LETTER_BOUNCE_ID = 66,     /* a Message-ID like ours, from its body */
	LETTER_REPAIR = 40,        /* the decoded body of a letter of repair */
	LETTER_AUTH = 50,          /* X-Keypost-Auth value, printable ASCII */
	LETTER_SIGNED = 52,        /* multipart/signed: its first part, CRLF */
	LETTER_SIGNATURE = 53,     /* and the armor of the second */
	LETTER_AUTH_RESULTS = 51 /* each Authentication-Results value, from the
				    top, printable ASCII: repeats */
};

/*
 * Why a letter came from a machine; 0: from a person or a peer. Old servers
 * send their `incremental` letters with Precedence: list and from
 * mailer-daemon, so this alone drops none: the daemon weighs it with the
 * subject and with LETTER_REPORT. Blocks are sent along in any case.
 */
enum letter_machine {
	MACHINE_NONE,
	MACHINE_BOUNCE, /* null sender, mailer-daemon, multipart/report */
	MACHINE_AUTO,   /* Auto-Submitted, X-Auto-Response-Suppress, ... */
	MACHINE_LIST,   /* List-*, Precedence bulk or list, X-Loop */
	MACHINE_REPLY,  /* "Reply to ADD", "Your command, ..." */
	MACHINE_OWN     /* a letter of ours: the daemon's word only */
};

enum letter_block {
	BLOCK_PLAIN,  /* text with armor in it */
	BLOCK_BINARY, /* a binary keyring */
	BLOCK_QUOTED, /* armor under "> " quoting: only for ADD */
	BLOCK_HTML    /* armor out of HTML: only when there is no other */
};

/* FRAME_DONE */
enum done_field {
	DONE_FATE = 1,  /* enum letter_fate, number */
	DONE_REASON = 2 /* one line, for the quarantine file and the log */
};

enum letter_fate {
	FATE_TAKEN,      /* on disk, or nothing of it is wanted: let go of it */
	FATE_QUARANTINE, /* set aside with the reason, then let go of it */
	FATE_LATER,      /* keep it, offer it again (LMTP: 451) */
	FATE_REFUSE,     /* LMTP 5xx; elsewhere like FATE_QUARANTINE */
	FATE_FOREIGN     /* no letter to a keyserver: let go of it, but where
			    others read the same folder it stays */
};

/* FRAME_SEND: id names the letter in FRAME_SENT. */
enum send_field {
	SEND_PEER = 1,   /* letters of one peer share a session, in order */
	SEND_RELAY = 2,  /* smtp://host:port smtps://host:port
			    lmtp://host:port lmtp+unix:/path */
	SEND_SENDER = 3, /* envelope sender; empty: null */
	SEND_RECIPIENT = 4,
	SEND_ENVID = 5, /* DSN envelope id; absent: none */
	SEND_DATA = 6,  /* the letter, LF line ends */
	SEND_TLS = 7,   /* enum relay_tls, number */
	SEND_USER = 8,  /* to log in with; absent: do not */
	SEND_PASSWORD_FILE = 9,
	SEND_CA = 10,   /* a file of authorities; absent: the system's */
	SEND_PIN = 11,  /* SHA-256 of certificates, hex; absent: none */
	SEND_PROBE = 12 /* number, 1: no letter, only all that comes before */
};

enum relay_tls { RELAY_TLS_REQUIRED, RELAY_TLS_OPPORTUNISTIC, RELAY_TLS_NONE };

/* FRAME_SENT */
enum sent_field {
	SENT_STAGE = 1,   /* enum sent_stage, number: where it ended */
	SENT_CODE = 2,    /* number: the reply's code; 0: no reply */
	SENT_TEXT = 3,    /* the reply's text, or what went wrong: one line */
	SENT_SIZE_MAX = 4 /* number: SIZE that the server announced; 0: none */
};

enum sent_stage {
	STAGE_CONNECT,
	STAGE_GREETING,
	STAGE_TLS,
	STAGE_AUTH,
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA,
	STAGE_DOT, /* after the final dot; code 0: unknown, send again */
	STAGE_DONE /* 250 to the final dot: delivered */
};

#endif
