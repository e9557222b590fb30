/* outcome_file: responses of provider calls that arrived after the death of their run. The outcome
 * keeper writes them; the next run adds them to the pending calls of the state.
 *
 *    <base>.outcomes-<run>     mode 0600, locked by the keeper while it works
 *
 * Lines, encrypted as in sealed_journal if the state is encrypted:
 *
 *    {"label":LABEL,"response":KIND,"bytes":BASE64}   of a call that was sent
 *    {"complete":true}                                the last: no other call of the run was sent
 *
 * A keeper whose run recorded all outcomes removes the file. */
#pragma once

#include "cipher.h"
#include "io.h"
#include "keeper_server.h"
#include "state.h"

/* Returns the settings for the sink below: they hold a key, if the state is encrypted. Returns
 * false with the end of a sentence in *problem. */
MUST_USE bool outcome_file_settings(Str base, Str run, const Cipher *cipher, Str *out, Str *problem,
                                    Arena *arena);
/* Returns a sink that writes one file. */
KeeperSink outcome_file_sink(const Disk *disk, Arena *arena);

typedef struct OutcomeFiles {
    const Io *io;
    const Cipher *cipher;
    Str base;
    const CancelToken *cancel;
    void (*waiting)(void *payload); /* called once, if a keeper is still at work */
    void *payload;
    StrVec found; /* paths of the files that were read */
} OutcomeFiles;

/* Waits for keepers that are still at work, and adds the responses in their files to the pending
 * calls of `state`. Returns false, with an error, if `cancel` is raised or a file cannot be read.
 */
MUST_USE bool outcome_files_read(OutcomeFiles *files, State *state, Arena *arena, Diags *diags);
/* Removes the files that were read, after the state or its journal holds their responses. */
void outcome_files_remove(OutcomeFiles *files);
