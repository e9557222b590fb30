/* kube_segments: numbered texts as Secrets: the journal, and states that are about to be written. A
 * text that exceeds one Secret is split into pieces. NAME-NUMBER holds the first piece and the
 * number of pieces. It is created last and deleted first, so an incomplete text is never read. */
#pragma once

#include "journal_segments.h"
#include "kube_store.h"

/* `store` must live as long. */
SegmentStore kube_segments_new(const KubeStore *store, KubeUse use, Arena *arena);
