/* table_host: one table on a machine: its facts, checks by nft, and changes that roll back.
 *
 * A change has two steps. The first one stores old and new table on the machine and starts a
 * process there, detached from the connection. This process loads the new table in one transaction,
 * and loads the old one again unless the change is confirmed in time. The second step confirms it,
 * in a connection that begins after the new table is loaded: so rules that cut loam off are not
 * confirmed, and neither are those of a loam that died. Only a confirmed table is stored for the
 * next boot. */
#pragma once

#include "ruleset_text.h"
#include "ssh_client.h"
#include "table_listing.h"

typedef struct TableFacts {
    bool is_absent;
    bool is_pending;    /* a change waits for its confirmation, perhaps of another run */
    bool loads_at_boot; /* the unit is enabled */
    bool has_systemd;
    Str file_sha256; /* of the file that is loaded at boot; empty: none */
    Str owner;       /* id of the object that made the table; empty: not made by loam */
    TableListing listing;
} TableFacts;

/* Reads the facts in one round trip. With `ends_pending`, rolls back a change that waits for its
 * confirmation. A failed connection is returned; other failures are errors, too. */
SshStatus table_host_read(SshLink *link,
                          Value object,
                          bool ends_pending,
                          TableFacts *out,
                          SshProblem *problem,
                          Diags *diags);
/* Lets nft check the commands on the machine, without changing anything. Returns the status of the
 * connection; errors of nft are added, at the arguments. */
SshStatus table_host_check(
    SshLink *link, Value object, const RulesetText *text, SshProblem *problem, Diags *diags);

typedef struct TableChange {
    Value object;
    RulesetText text;
    Str owner;   /* id of the object */
    bool is_new; /* there must be no such table */
    bool is_deletion;
    bool is_persistent; /* loaded at boot */
} TableChange;

/* Replaces the table and confirms the change. After a failure, *in_doubt is true if the new table
 * may stay. */
MUST_USE bool table_host_change(
    const Call *call, const TableChange *change, TableFacts *out, bool *in_doubt, Diags *diags);
