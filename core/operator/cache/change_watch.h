/* ChangeWatch: changes of the objects of Stacks by other managers. A thread for each kind follows
 * the metadata of all its objects, and keeps none of them. What happens while a stream is broken
 * for good is not seen: the interval of a Stack finds it. A kind that the operator may not list and
 * watch, or that the server lacks, is tried again every five minutes. */
#pragma once

#include "kube_call.h"

typedef struct ChangeWatchOptions {
    KubeClient *client;
    const CancelToken *cancel; /* ends the threads */
    /* An object of the state with this lineage was changed or deleted, not by loam. */
    void (*changed)(void *payload, Str lineage);
    void *payload;
} ChangeWatchOptions;

typedef struct ChangeWatch ChangeWatch;

ChangeWatch *change_watch_open(const ChangeWatchOptions *options);
/* Follows a kind, "apps/v1/Deployment", from now on. Of more than 64 kinds, later ones are not
 * followed. One thread at a time may call it. */
void change_watch_add(ChangeWatch *watch, Str kind);
/* Waits for the threads, after the token was raised. NULL: does nothing. */
void change_watch_close(ChangeWatch *watch);
