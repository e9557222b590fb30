/* host_bundle: a bundle on the machine that runs loam or at a URL, of which machines get the
 * members that they lack; and the step that changes settings of a machine. */
#pragma once

#include "bundle_web.h"
#include "host_look.h"
#include "host_settings.h"

/* Arguments "path" or "url", "fetch", "digest" and "public_key". */
extern const NestedObject host_bundle_argument;

typedef struct HostBundle {
    BundleRequest request;
    Bundle bundle;
    BundleWeb web;       /* url: empty if the bundle is on this machine */
    bool is_for_machine; /* machines download from the URL */
    Str proxy;           /* URL, for those downloads; empty: none. Set by the caller */
} HostBundle;

/* Returns whether `given`, an object of the arguments above, names a bundle. */
bool host_bundle_is_given(Value given);
/* Reads the bundle that it names, and verifies the head. */
MUST_USE bool host_bundle_open(const Call *call, Value given, HostBundle *out, Diags *diags);
/* Uploads these members as one archive, of which the step below takes them. If the machine can
 * download them instead, adds the line for the step that says from where. */
MUST_USE bool host_bundle_bring(SshLink *link, const HostBundle *bundle, const StrVec *members,
                                Str *lines, Diags *diags);
/* Reads the facts and the observed values of the wanted settings in one round trip. */
MUST_USE bool host_bundle_look(SshLink *link, const HostWanted *wanted, HostLook *look,
                               NamedTexts *observed, Diags *diags);
/* Runs the lines of host_settings_difference on the machine, as a step of this id that can be
 * repeated. `link->may_have_run` as after remote_step_run. */
MUST_USE bool host_bundle_prepare(SshLink *link, Str id, Str lines, Diags *diags);
