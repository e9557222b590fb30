/* table_host: one table on a machine: its facts, checks by nft, and changes that roll back.
 *
 * A change has two steps. The first stores the old and the new table on the machine and starts a
 * process there, detached from the connection. The process loads the new table in one transaction,
 * and loads the old table again unless the change is confirmed in time. The second step confirms
 * the change in a connection that begins after the new table is loaded. So a change is rolled back
 * if its rules block loam or if loam is killed. Only a confirmed table is stored for the next boot.
 */
#pragma once

#include "ruleset_text.h"
#include "ssh_client.h"
#include "table_listing.h"

typedef struct TableFacts {
    bool is_absent;
    bool is_pending;    /* a change, perhaps of another run, is not confirmed yet */
    bool loads_at_boot; /* the unit is enabled */
    bool has_systemd;
    Str file_sha256; /* of the file that is loaded at boot; empty: none */
    Str owner;       /* id of the object that created the table; empty: loam did not create it */
    TableListing listing;
} TableFacts;

/* Reads the facts in one round trip. `ends_pending`: rolls back an unconfirmed change first.
 * Returns the status of the connection, with *problem; the caller reports it. Adds other failures
 * as errors. */
SshStatus table_host_read(SshLink *link, Value object, bool ends_pending, TableFacts *out,
                          SshProblem *problem, Diags *diags);
/* Records (table_listing_read_record) of the live and of the new table; null: not known. */
typedef struct TableRecords {
    Value live;
    Value wanted;
} TableRecords;

/* Checks the new table with nft on the machine, without changing anything. Returns the status of
 * the connection, which the caller reports. Adds errors of nft at the arguments. */
SshStatus table_host_check(SshLink *link, Value object, TableRecords *out, SshProblem *problem,
                           Diags *diags);

typedef struct TableChange {
    Value object;
    RulesetText text;
    Str owner;   /* id of the object */
    bool is_new; /* fails if the table exists, unless an earlier creation of the object made it */
    bool is_deletion;
    bool is_persistent; /* loaded at boot */
} TableChange;

/* Replaces the table and confirms the change. On failure adds an error; *in_doubt is then true if
 * the new table may be active permanently. */
MUST_USE bool table_host_change(const Call *call, const TableChange *change, TableFacts *out,
                                bool *in_doubt, Diags *diags);
