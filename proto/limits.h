/* limits.h - every bound of the protocol, each with its reason.
 *
 * A peer that exceeds one is refused by name; nothing is truncated silently. Raising a bound is
 * compatible, lowering one is not: stored updates must stay readable. */
#ifndef LT_LIMITS_H
#define LT_LIMITS_H

enum {
    /* One update. 100 named awards take about 12 KB; 256 KiB keeps a slow link (64 kbit/s) under a
     * minute an update, and bounds what one message can cost a hub before its signature is checked. */
    LT_UPDATE_BYTES_MAX = 256 * 1024,
    /* A frame: 64 parents of 34 bytes and some 150 bytes of fields. */
    LT_FRAME_BYTES_MAX = 4096,
    /* Tips of one chain. A fork has as many tips as live clones; 64 is more than were ever seen to
     * stay apart, and keeps a frame small. A unit with more is refused until one names them. */
    LT_PARENTS_MAX = 64,
    /* Changes of one update. The agent packs 500 rows; a directive packs more units. */
    LT_CHANGES_MAX = 4096,
    /* Rows of the tables of a body: each is referred to by a change. */
    LT_BODY_UNITS_MAX = 4096,
    LT_BODY_DECISIONS_MAX = 4096,
    /* Memory that unpacking one update may take: measured at most 12 times the wire size for real
     * bodies, 60 times for empty sub-messages (protobuf-c); so a hard budget. */
    LT_UNPACK_BYTES_MAX = 4 * 1024 * 1024,
    /* A unit's code: the state's have 2 to 5 digits, operators' own stay short enough for a column. */
    LT_CODE_BYTES_MAX = 15,
    /* A short text (decision number, movement, field, cluster, type): longer ones are notes. */
    LT_TEXT_BYTES_MAX = 256,
    /* A name, workplace, position or note: longest seen in published decisions is under 300 bytes. */
    LT_LONG_TEXT_BYTES_MAX = 1024,
    /* A stated total: ten times the households of the country. Keeps every sum within 63 bits. */
    LT_QUANTITY_MAX = 300 * 1000 * 1000,
    /* Points in hundredths: 1,000,000.00. */
    LT_POINTS_MAX = 100 * 1000 * 1000,
    /* Years that records may speak of: the Democratic Republic was founded in 1945. */
    LT_YEAR_MIN = 1945,
    LT_YEAR_MAX = 2200,
    /* Members of a cluster, of a pledge. */
    LT_MEMBERS_MAX = 256,
    /* Levels of a tree, so that no walk to the top can loop. */
    LT_DEPTH_MAX = 16,
    /* Any other message of the conversation: pages of tips are cut below it. */
    LT_MESSAGE_BYTES_MAX = 64 * 1024,
    /* Chains on one page of tips: 64 KiB at about 80 bytes a chain, with room for forks. */
    LT_TIPS_PAGE_MAX = 400,
    /* Hashes of a WANT: tips and a ladder of ancestors, 2^64 updates need 64 rungs. */
    LT_HAVE_MAX = 128,
    /* Bytes of updates in flight to one child or parent without a receipt. Covers 250 ms at 16 MB/s. */
    LT_CREDIT_BYTES = 4 * 1024 * 1024,
    /* Parts of a closing or publication: a cut over 15,000 chains takes six updates. */
    LT_CUT_PARTS_MAX = 256,
    /* A HELLO: it comes from somebody of whom nothing is known yet, and a hub lets a connection say so much
     * and no more until it has shown who it is. Eighty receipts of one tip fit, four of the largest. */
    LT_HELLO_BYTES_MAX = 20 * 1024,
    /* Longest pause that a parent may ask for: whoever says more is a fault, and must not end a link. */
    LT_RETRY_AFTER_MAX_S = 3600,
    /* How long an agent may be told to wait for the top's receipt before it warns: a year. */
    LT_FALLBACK_AFTER_MAX_S = 366 * 86400,
    /* Receipts in a HELLO: one for each hub above, and the depth of the tree is bounded. */
    LT_HELLO_RECEIPTS_MAX = LT_DEPTH_MAX,
    /* Bytes of a piece of a release's file: 4 s at 64 kbit/s, the longest that an update waits behind one. */
    LT_PIECE_BYTES_MAX = 32 * 1024,
    /* A release's file. The agent for Linux has 2.1 MB. */
    LT_RELEASE_FILE_MAX = 64 * 1024 * 1024,
    /* Files of a release: one a system. */
    LT_RELEASE_FILES_MAX = 8,
    /* A manifest: 14 bytes and a version's 31, and for each file 41 and a system's 23. */
    LT_MANIFEST_BYTES_MAX = 14 + 31 + LT_RELEASE_FILES_MAX * (41 + 23),
    /* Tips that a key which is changed for another may leave; a message of strangers has a kilobyte. */
    LT_ROTATE_TIPS_MAX = 8,
};

#define LT_SEQ_MAX       UINT64_C(0x0fffffffffffffff) /* leaves room so that 1 + seq never wraps */
#define LT_RULES_VERSION 3 /* of judge and merge law; part of a hub's state */
/* Newest body that this build reads, and writes once the top announces it. A build of the next one is made by the
 * tests (tests/cluster/CMakeLists.txt), to see the two side by side. */
#ifndef LT_BODY_VERSION
#define LT_BODY_VERSION 1
#endif
#define LT_BODY_VERSION_FIRST 1 /* what everybody may write until the top announces a newer one */
#define LT_PROTOCOL_VERSION   1

#endif
