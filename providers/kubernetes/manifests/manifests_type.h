/* ManifestsType: how a type with many objects gets their manifests; the payload of a ResourceType
 * with the slots of manifests_plan, manifests_read and manifests_apply. Such a type has the
 * attribute `objects` and OBJECT_ATTRIBUTES. */
#pragma once

#include "manifest_text.h"
#include "object_order.h"

typedef struct ManifestsType {
    /* Arguments of which one names the manifests, ended by NULL. Errors are at the one that is
     * set. */
    const char *const *sources;
    /* Further arguments that change the objects, ended by NULL; NULL: none. */
    const char *const *settings;
    /* Reads the objects. All sources and settings are known, and a source is set. */
    bool (*read)(const Call *call, Value config, Path argument, ManifestObjects *out, Diags *diags);
    /* An apply calls it when the objects of a wave exist, before the next wave. NULL: nothing. */
    bool (*after_wave)(const Call *call, const ApplyRequest *request, ObjectWave wave,
                       Diags *diags);
    /* The members of Secrets are in neither plan nor state. The manifests must not have any. */
    bool hides_secrets;
} ManifestsType;

const ManifestsType *manifests_type_of(const Call *call);
/* Returns the place of errors about the manifests. */
Path manifests_type_argument(const Call *call, Value config);
/* Returns whether the manifests are named. */
bool manifests_type_has_source(const Call *call, Value config);
/* Returns whether an argument that determines the objects is unknown. */
bool manifests_type_is_unknown(const Call *call, Value config);
/* Returns whether the attribute determines the objects and nothing else. */
bool manifests_type_is_input(const Call *call, Str attribute);
/* Returns the object as plan and state show it. */
Value manifests_type_shown(const Call *call, Value object, Arena *arena);
