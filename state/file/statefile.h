/* statefile: State ↔ the v4 JSON file that OpenTofu and Terraform share. Both directions stream.
 * Attributes are not decoded; unknown members are kept only in objects.
 *
 *    {
 *      "version": 4, "terraform_version": "1.11.0", "serial": 3, "lineage": "329520e7-…",
 *      "environment": "production",
 *      "applied": {"commit": "9fceb02…", "variables": "4f53cda1…", "plan": "sha256:2b5877c1…"},
 *      "owner": {"cluster": "9b2d…", "namespace": "prod", "name": "network", "uid": "41f0…"},
 *      "outputs": {},
 *      "resources": [{
 *        "mode": "managed", "type": "local_file", "name": "b",
 *        "provider": "provider[\"registry.terraform.io/hashicorp/local\"]",
 *        "instances": [{
 *          "index_key": "k",              of for_each or count
 *          "deposed": "1a2b3c4d",         a replaced object that is still to be destroyed
 *          "schema_version": 0,
 *          "attributes": {"content": "x", …}, "sensitive_attributes": [],
 *          "private": "eyJtb2RlIjoi…",    base64, the provider's own
 *          "dependencies": ["terraform_data.a"]
 *        }]
 *      }],
 *      "check_results": null
 *    }
 *
 * The lines of the environment and of the owner are loam's additions, and only states of an
 * environment or of a Stack have them: other programs would drop them at their next write. `plan`
 * is the saved plan that was applied last. Calls in doubt stand in the journal (journal.h), never
 * here. */
#pragma once

#include "source_text.h"
#include "state.h"

/* An empty text is an empty state. Older versions are upgraded in memory; newer versions and
 * invalid text are errors. The state holds views of `bytes`, which must live as long. */
MUST_USE bool statefile_decode(Str path, Str bytes, State **out, Arena *arena, Diags *diags);
/* Two-space indentation, final newline, keys in the order of Terraform. */
Str statefile_encode(const State *state, Arena *arena);
/* Returns whether the contents are equal, ignoring the serial, the version of the writer and
 * pending calls. */
bool statefile_same_content(const State *a, const State *b);
/* Reads a state file of version 1 to 3, written by Terraform before 0.12: modules by path,
 * resources by name, attributes as a flat map. `source` holds the whole text. */
MUST_USE bool statefile_upgrade(const SourceText *source, State **out, Arena *arena, Diags *diags);
