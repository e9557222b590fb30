/* azurerm_journal: the journal as one append blob.
 *
 * The service appends a block only if the blob has the expected length and version, so two runs
 * cannot both append. A late request of an ended run finds another version, even if the blob was
 * deleted and created again. Each block is a frame, whose header names the segment, the part of it
 * that the frame has, and the lease of the run:
 *
 *    loam-journal 1 SEGMENT PART PARTS BYTES LEASE\n
 *
 * A block has at most 4 MiB, so a long segment has several parts; a segment with missing parts was
 * interrupted. A blob has at most 50,000 blocks, which is the limit for the syncs of one run: the
 * blob is deleted when the journal is empty. */
#pragma once

#include "azurerm_lock.h"
#include "journal_segments.h"

typedef struct AzurermJournal {
    const AzureBlob *client;
    Str blob;
    AzurermLock *lock;
    /* The following are those of the blob that this run read or wrote. */
    uint64_t length; /* bytes */
    bool exists;
    uint64_t last; /* number of the last segment */
    Str version;   /* ETag; empty: unknown */
    Arena *arena;
} AzurermJournal;

/* Returns the segments of the journal, which must live as long. */
SegmentStore azurerm_journal_segments(AzurermJournal *journal, Str name);
/* Deletes the blob, whatever it has. */
MUST_USE bool azurerm_journal_clear(AzurermJournal *journal, Str *problem, Arena *arena);
/* Adds the segments of the text of a blob to *out. Returns false with *problem if it has no such
 * form. For azurerm_journal and its tests. */
MUST_USE bool azurerm_journal_parse(Str text, Segments *out, Str *problem, Arena *arena);
