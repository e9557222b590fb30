/* kube_journal: the journal as Secrets, one or more for each segment. `store` must live as long. */
#pragma once

#include "journal_store.h"
#include "kube_store.h"

JournalStore *kube_journal_new(const KubeStore *store, Arena *arena);
/* Deletes all segments; returns false with *problem on failure. */
MUST_USE bool kube_journal_delete(const KubeStore *store, Str *problem, Arena *arena);
