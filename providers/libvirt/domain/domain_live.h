/* domain_live: the calls that change a running machine. The plan names the steps of a change, and
 * the apply makes the same steps. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml.h"

/* In the order in which the plan names them. */
typedef enum LiveCall {
    LIVE_SET_MEMORY,
    LIVE_SET_VCPU,
    LIVE_SET_TEXT,
    LIVE_SET_SCHEDULER,
    LIVE_SET_MEMORY_LIMITS,
    LIVE_ATTACH_DISK,
    LIVE_ATTACH_NIC,
    LIVE_ATTACH_ITEM, /* of a list that xml_map writes */
    LIVE_DETACH_DISK,
    LIVE_DETACH_NIC,
    LIVE_DETACH_ITEM,
    LIVE_UPDATE_DISK,
    LIVE_UPDATE_NIC,
    LIVE_UPDATE_ITEM,
    LIVE_LIMIT_DISK,
} LiveCall;

/* One step of the change of an argument. */
typedef struct LiveStep {
    LiveCall call;
    size_t
        old; /* of an argument that is a list: index of the prior item, where the step needs it */
    size_t new; /* index of the planned item */
} LiveStep;
typedef VEC(LiveStep) LiveSteps;

/* A running machine that changes. */
typedef struct LiveMachine {
    virDomainPtr domain;
    Value prior;
    Value planned;
    xmlNodePtr described; /* the edited definition, whose elements are attached */
} LiveMachine;

/* Return whether LIVE_LIMIT_DISK, between two disks, and LIVE_SET_MEMORY_LIMITS, between two values
 * of "memtune", have a limit to set. */
bool domain_live_has_disk_limit(Value old, Value disk, Arena *arena);
bool domain_live_has_memory_limit(Value prior, Value planned);
/* Returns the text of the plan that names the libvirt calls of these steps. */
Str domain_live_text(const LiveSteps *steps, Arena *arena);
/* Makes the steps of an argument in their order. On failure adds an error and returns false;
 * earlier steps remain. */
MUST_USE bool domain_live_make(const Call *call, const LiveMachine *machine,
                               const Attribute *attribute, const LiveSteps *steps, Diags *diags);
