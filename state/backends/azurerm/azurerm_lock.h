/* AzurermLock: the lease of the state's blob, which is the lock of Terraform and OpenTofu. Its ID
 * is that of the lease; the lock info is in the metadata of the blob. The lease does not expire. */
#pragma once

#include "azure_blob.h"
#include "backend.h"

/* The metadata with the lock info, in base64. */
#define AZURERM_LOCK_INFO "x-ms-meta-terraformlockid"
/* Instead of an ID: breaks a lease whose lock info is missing. */
#define AZURERM_LOCK_BREAK "break"

typedef struct AzurermLock {
    const Io *io;
    const AzureBlob *client;
    Str blob;
    Str place; /* for messages */
    Str id;    /* of the lease that this run holds; empty: none */
    bool is_lost;
    LockInfo wanted;
    int unnamed; /* attempts in a row that found a lease without lock info */
    Arena *arena;
} AzurermLock;

/* Acquires the lock as state_lock_acquire does. */
MUST_USE bool azurerm_lock_acquire(AzurermLock *lock, const Backend *backend, const LockInfo *info,
                                   int64_t timeout_ms, const CancelToken *cancel, Diags *diags);
MUST_USE bool azurerm_lock_release(AzurermLock *lock, Diags *diags);
MUST_USE bool azurerm_lock_force(AzurermLock *lock, Str id, Diags *diags);
/* Adds an error: this run does not hold the lock any more. Returns false. */
bool azurerm_lock_report_lost(AzurermLock *lock, const char *summary, Diags *diags);
/* Returns false with *problem if another run holds the lock, or the lock of this run was removed.
 * Sends one request. */
MUST_USE bool azurerm_lock_check(AzurermLock *lock, Str *problem, Arena *arena);
/* Adds an error with a hint. Returns false. */
bool azurerm_lock_fail(const AzurermLock *lock, const char *summary, Str problem, Diags *diags);
