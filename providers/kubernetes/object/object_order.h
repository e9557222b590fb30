/* object_order: the order in which objects are created. Objects of one wave do not need each other;
 * the next wave may need them. Deletion goes through the waves in reverse. */
#pragma once

#include "str.h"

typedef enum ObjectWave {
    OBJECT_WAVE_NAMESPACE,
    OBJECT_WAVE_DEFINITION, /* CustomResourceDefinition */
    OBJECT_WAVE_CLASS,      /* of priorities, storage, runtimes; volumes, drivers */
    OBJECT_WAVE_ACCESS,     /* service accounts, roles and their bindings */
    OBJECT_WAVE_DATA,       /* Secret and ConfigMap; quotas and limits */
    OBJECT_WAVE_SERVICE,    /* services and volume claims */
    OBJECT_WAVE_WORKLOAD,
    OBJECT_WAVE_OTHER,    /* other kinds of Kubernetes itself */
    OBJECT_WAVE_CUSTOM,   /* kinds of definitions and of aggregated servers */
    OBJECT_WAVE_EXTENSION /* webhooks, admission policies and aggregated APIs: they call services */
} ObjectWave;
#define OBJECT_WAVE_COUNT (OBJECT_WAVE_EXTENSION + 1)

/* `group` is empty for the core group. */
ObjectWave object_order_wave(Str group, Str kind);
