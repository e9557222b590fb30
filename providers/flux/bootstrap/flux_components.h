/* FluxComponents: the controllers of Flux as objects: those of a release, with the settings of an
 * installation. */
#pragma once

#include "flux_settings.h"
#include "manifest_text.h"

/* Reads a release: a directory with a file for each component, or one file with all objects.
 * `sha256` is its digest, in hexadecimal; empty: not checked. The digest of a directory is that of
 * the lines that sha256sum prints for its *.yaml, sorted by name. */
MUST_USE bool flux_components_read(const Call *call, Path argument, Str path, Str sha256,
                                   ManifestObjects *out, Diags *diags);
/* Returns the objects of the installation with their places in the release, in the order in which
 * Flux lists them. On failure returns false, and *problem is a sentence. */
MUST_USE bool flux_components_objects(const ManifestObjects *release, const FluxSettings *settings,
                                      ManifestObjects *out, Str *problem, Arena *arena);
/* The same objects without their places. */
MUST_USE bool flux_components_render(const ManifestObjects *release, const FluxSettings *settings,
                                     ValueVec *out, Str *problem, Arena *arena);
/* Returns the text of gotk-components.yaml. */
Str flux_components_text(const ValueVec *objects, const FluxSettings *settings, Arena *arena);
/* Returns the version of a component; empty if the release or the component is unknown. */
Str flux_components_version(Str release, Str component);
/* Returns a digest of the objects, which does not depend on their order and notation. */
Str flux_components_digest(const ValueVec *objects, Arena *arena);
/* Reads manifests of the repository; unreadable ones give no objects. */
ValueVec flux_components_parse(const Call *call, Str text);
/* Returns the settings with which the objects were rendered, as far as they show. */
FluxSettings flux_components_settings(const ValueVec *objects, Arena *arena);
