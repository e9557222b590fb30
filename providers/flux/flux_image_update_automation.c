/* flux_image_update_automation: commits of new image tags. */
#include "flux_provider.h"

#include "flux_fields.h"
#include "flux_gitops.h"

static const Attribute image_update_automation_source_ref[] = {
    {"kind", &TYPE_STRING, REQUIRED, "Kind of the source: \"GitRepository\"."},
    {"name", &TYPE_STRING, REQUIRED, "Name of the GitRepository."},
    {"namespace", &TYPE_STRING, OPTIONAL,
     "Namespace of the GitRepository (default: that of this object)."},
    {"api_version", &TYPE_STRING, OPTIONAL, "API version of the source."},
};
static const Attribute git_checkout[] = {
    {"ref", NULL, REQUIRED, "The revision.", .nested = NESTED(NEST_SINGLE, flux_git_ref)},
};
static const Attribute git_commit_author[] = {
    {"email", &TYPE_STRING, REQUIRED, "E-mail address of the author."},
    {"name", &TYPE_STRING, OPTIONAL, "Name of the author."},
};
static const Attribute git_commit_signing_key[] = {
    {"secret_ref", NULL, REQUIRED, "Secret with the key.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"type", &TYPE_STRING, OPTIONAL, "Kind of the key (default \"gpg\").", .one_of = "gpg ssh"},
};
static const Attribute git_commit[] = {
    {"author", NULL, REQUIRED, "Author of the commit.",
     .nested = NESTED(NEST_SINGLE, git_commit_author)},
    {"message_template", &TYPE_STRING, OPTIONAL, "Go template of the message."},
    {"message_template_values", &TYPE_MAP_OF_STRING, OPTIONAL, "Values for the template."},
    {"signing_key", NULL, OPTIONAL, "Key that signs the commit.",
     .nested = NESTED(NEST_SINGLE, git_commit_signing_key)},
};
static const Attribute git_push[] = {
    {"branch", &TYPE_STRING, OPTIONAL, "Branch."},
    {"refspec", &TYPE_STRING, OPTIONAL, "Refspec, such as \"refs/heads/main:refs/for/main\"."},
    {"options", &TYPE_MAP_OF_STRING, OPTIONAL, "Options of the push."},
};
static const Attribute automation_git[] = {
    {"checkout", NULL, OPTIONAL, "Revision to check out (default: the revision of the source).",
     .nested = NESTED(NEST_SINGLE, git_checkout)},
    {"commit", NULL, REQUIRED, "The commit.", .nested = NESTED(NEST_SINGLE, git_commit)},
    {"push", NULL, OPTIONAL, "Where commits are pushed (default: the branch that was checked out).",
     .nested = NESTED(NEST_SINGLE, git_push)},
};
static const Attribute policy_selector_match_expressions[] = {
    {"key", &TYPE_STRING, REQUIRED, "The label."},
    {"operator", &TYPE_STRING, REQUIRED, "How its value is compared.",
     .one_of = "In NotIn Exists DoesNotExist"},
    {"values", &TYPE_LIST_OF_STRING, OPTIONAL, "The values for In and NotIn."},
};
static const Attribute policy_selector[] = {
    {"match_labels", &TYPE_MAP_OF_STRING, OPTIONAL, "Labels that the policy must have."},
    {"match_expressions", NULL, OPTIONAL, "Conditions about its labels.",
     .nested = NESTED(NEST_LIST, policy_selector_match_expressions)},
};
static const Attribute update[] = {
    {"path", &TYPE_STRING, OPTIONAL, "Directory in the repository (default: its root)."},
    {"strategy", &TYPE_STRING, OPTIONAL, "How places of tags are marked (default \"Setters\").",
     .one_of = "Setters"},
};
static const Attribute image_update_automation_spec[] = {
    {"source_ref", NULL, REQUIRED, "The GitRepository to change.",
     .nested = NESTED(NEST_SINGLE, image_update_automation_source_ref)},
    {"interval", &TYPE_STRING, REQUIRED,
     "How often policies and repository are compared, such as \"30m0s\".", .check = duration_check},
    {"git", NULL, OPTIONAL, "How commits are made.", .nested = NESTED(NEST_SINGLE, automation_git)},
    {"policy_selector", NULL, OPTIONAL, "Which policies count (default: all of the namespace).",
     .nested = NESTED(NEST_SINGLE, policy_selector)},
    {"update", NULL, OPTIONAL, "Files to change.", .nested = NESTED(NEST_SINGLE, update)},
    {"suspend", &TYPE_BOOL, OPTIONAL, "Whether Flux makes no commits (default false)."},
};

const ResourceType flux_image_update_automation = {
    .name = "flux_image_update_automation",
    .schema = {SPEC_SCHEMA(image_update_automation_spec, SPEC_WAIT_ATTRIBUTES, TYPED_ATTRIBUTES),
               .description =
                   "An ImageUpdateAutomation: commits of new image tags to a git repository."},
    .payload =
        &(const SpecObject){SPEC_TYPED("image.toolkit.fluxcd.io/v1", "ImageUpdateAutomation"),
                            .status = &flux_status_ready},
    TYPED_SLOTS,
    .gitops = flux_gitops,
};
