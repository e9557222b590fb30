/* deferral: names and reasons. */
#include "deferral.h"

typedef struct DeferralRow {
    const char *name;
    const char *reason;
} DeferralRow;

static const DeferralRow rows[] = {
    [DEFERRAL_NONE] = {"", ""},
    [DEFERRAL_UNSPECIFIED] = {"unknown", "by its provider, which gave no reason"},
    [DEFERRAL_RESOURCE_CONFIG] = {"resource_config_unknown",
                                  "because its configuration has unknown values"},
    [DEFERRAL_PROVIDER_CONFIG] = {"provider_config_unknown",
                                  "because the configuration of its provider has unknown values"},
    [DEFERRAL_ABSENT_PREREQUISITE] = {"absent_prereq",
                                      "because an object that it needs does not exist yet"},
    [DEFERRAL_INSTANCE_KEYS] = {"instance_count_unknown",
                                "because its instances are not known yet"},
    [DEFERRAL_PREREQUISITE] = {"deferred_prereq",
                               "because an object that it depends on is deferred"},
    [DEFERRAL_DEPENDENT] = {"deferred_dependent",
                            "because an object that depends on it is deferred"},
};
static_assert(ARRAY_COUNT(rows) == DEFERRAL_DEPENDENT + 1, "a row for each deferral");

const char *deferral_name(Deferral deferral) {
    return rows[deferral].name;
}

const char *deferral_reason(Deferral deferral) {
    return rows[deferral].reason;
}
