/* Hooks: what the user interface is told, and when. Called from worker threads: whoever listens
 * guards itself. Every slot may be NULL. `id` is the object's id for people, or empty. */
#pragma once

#include "action.h"
#include "address.h"

typedef struct HookEvent {
    Str address; /* resource instance, as text */
    ResourceAddr resource;
    Str deposed;
    Action action;
    Str id;
    Str provisioner;       /* local-exec; of its own events alone */
    const char *operation; /* "open", "renew", "close"; of ephemeral resources alone */
    int64_t elapsed_ms;    /* of the ended ones */
    bool is_deferred;      /* an ended read of a plan: the apply reads it */
} HookEvent;

typedef struct Hooks {
    void *self;
    void (*refresh_start)(void *self, const HookEvent *event);
    /* What a read of a plan waits for; as apply_progress. */
    void (*refresh_progress)(
        void *self, const HookEvent *event, uint64_t done, uint64_t total, Str what);
    void (*refresh_end)(void *self, const HookEvent *event);
    void (*apply_start)(void *self, const HookEvent *event);
    /* "uploading" 3 of 10; total 0: unknown */
    void (*apply_progress)(
        void *self, const HookEvent *event, uint64_t done, uint64_t total, Str what);
    void (*apply_end)(void *self, const HookEvent *event, bool failed);
    /* A provisioner begins, writes a line (without control characters), ends. */
    void (*provision_start)(void *self, const HookEvent *event);
    void (*provision_output)(void *self, const HookEvent *event, Str line);
    void (*provision_end)(void *self, const HookEvent *event, bool failed);
    /* An ephemeral resource is opened, renewed or closed. */
    void (*ephemeral_start)(void *self, const HookEvent *event);
    void (*ephemeral_end)(void *self, const HookEvent *event, bool failed);
    /* How many changes an apply will make in all, before the first one. */
    void (*apply_total)(void *self, size_t count);
} Hooks;
