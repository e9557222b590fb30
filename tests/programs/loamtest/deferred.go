package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	dschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	eschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// deferUnknown defers all objects if the directory is unknown.
func deferUnknown(m providerModel, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	if m.Directory.IsUnknown() && req.ClientCapabilities.DeferralAllowed {
		resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
	}
}

// missing returns whether the object `needs` does not exist yet.
func (c *client) missing(needs types.String) bool {
	if needs.IsNull() || needs.IsUnknown() {
		return false
	}
	content, err := c.read(needs.ValueString())
	return err == nil && content == nil
}

// deferred: a type whose call `at` (plan, read, destroy or import) is deferred until the object `needs` exists.
type deferred struct{ client *client }

type deferredModel struct {
	ID     types.String `tfsdk:"id"`
	At     types.String `tfsdk:"at"`
	Needs  types.String `tfsdk:"needs"`
	Reason types.Int64  `tfsdk:"reason"`
	Value  types.String `tfsdk:"value"`
}

func (r *deferred) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_deferred"
}

func (r *deferred) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id":     schema.StringAttribute{Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()}},
		"at":     schema.StringAttribute{Optional: true},
		"needs":  schema.StringAttribute{Optional: true},
		"reason": schema.Int64Attribute{Optional: true},
		"value":  schema.StringAttribute{Optional: true},
	}}
}

func (r *deferred) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	if c, ok := req.ProviderData.(*client); ok {
		r.client = c
	}
}

func (r *deferred) waits(m deferredModel, at string) *resource.Deferred {
	if r.client == nil || m.At.ValueString() != at || !r.client.missing(m.Needs) {
		return nil
	}
	return &resource.Deferred{Reason: resource.DeferredReason(m.Reason.ValueInt64())}
}

func (r *deferred) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var m deferredModel
	at := "plan"
	if req.Plan.Raw.IsNull() {
		at = "destroy"
		resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	} else {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	}
	if d := r.waits(m, at); d != nil && req.ClientCapabilities.DeferralAllowed {
		resp.Deferred = d
	}
}

func (r *deferred) set(ctx context.Context, plan tfsdk.Plan, state *tfsdk.State) error {
	var m deferredModel
	plan.Get(ctx, &m)
	if m.ID.IsUnknown() {
		m.ID = types.StringValue("deferred-" + m.Value.ValueString())
	}
	state.Set(ctx, &m)
	return r.client.write(m.ID.ValueString(), map[string]any{"value": m.Value.ValueString()})
}

func (r *deferred) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	if err := r.set(ctx, req.Plan, &resp.State); err != nil {
		resp.Diagnostics.AddError("Create failed", err.Error())
	}
}

func (r *deferred) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m deferredModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if d := r.waits(m, "read"); d != nil && req.ClientCapabilities.DeferralAllowed {
		resp.Deferred = d
	}
}

func (r *deferred) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	if err := r.set(ctx, req.Plan, &resp.State); err != nil {
		resp.Diagnostics.AddError("Update failed", err.Error())
	}
}

func (r *deferred) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var m deferredModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if err := removeFile(r.client.file(m.ID.ValueString())); err != nil {
		resp.Diagnostics.AddError("Delete failed", err.Error())
	}
}

func (r *deferred) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	content, err := r.client.read(req.ID)
	if err == nil && content == nil && req.ClientCapabilities.DeferralAllowed {
		resp.Deferred = &resource.Deferred{Reason: resource.DeferredReasonAbsentPrereq}
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), types.StringUnknown())...)
		return
	}
	resource.ImportStatePassthroughID(ctx, path.Root("id"), req, resp)
}

// deferredLookup: a data source that is deferred until the object `needs` exists.
type deferredLookup struct{ client *client }

type deferredLookupModel struct {
	Needs types.String `tfsdk:"needs"`
	Count types.Int64  `tfsdk:"count_of"`
}

func (d *deferredLookup) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_deferred"
}

func (d *deferredLookup) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = dschema.Schema{Attributes: map[string]dschema.Attribute{
		"needs":    dschema.StringAttribute{Optional: true},
		"count_of": dschema.Int64Attribute{Computed: true},
	}}
}

func (d *deferredLookup) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	if c, ok := req.ProviderData.(*client); ok {
		d.client = c
	}
}

func (d *deferredLookup) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m deferredLookupModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if d.client.missing(m.Needs) && req.ClientCapabilities.DeferralAllowed {
		resp.Deferred = &datasource.Deferred{Reason: datasource.DeferredReasonAbsentPrereq}
		m.Count = types.Int64Unknown()
	} else {
		m.Count = types.Int64Value(2)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// deferredToken: an ephemeral resource of the same kind.
type deferredToken struct{ client *client }

type deferredTokenModel struct {
	Needs types.String `tfsdk:"needs"`
	Value types.String `tfsdk:"value"`
}

func (e *deferredToken) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_deferred"
}

func (e *deferredToken) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = eschema.Schema{Attributes: map[string]eschema.Attribute{
		"needs": eschema.StringAttribute{Optional: true},
		"value": eschema.StringAttribute{Computed: true},
	}}
}

func (e *deferredToken) Configure(_ context.Context, req ephemeral.ConfigureRequest, _ *ephemeral.ConfigureResponse) {
	if c, ok := req.ProviderData.(*client); ok {
		e.client = c
	}
}

func (e *deferredToken) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var m deferredTokenModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if e.client.missing(m.Needs) && req.ClientCapabilities.DeferralAllowed {
		resp.Deferred = &ephemeral.Deferred{Reason: ephemeral.DeferredReasonAbsentPrereq}
		return
	}
	m.Value = types.StringValue("token")
	resp.Diagnostics.Append(resp.Result.Set(ctx, &m)...)
}
