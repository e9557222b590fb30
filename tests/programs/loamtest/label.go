package main

import (
	"context"
	"math/big"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/list"
	lschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// label has an identity that may change, with an attribute of each type; `fault` makes it unknown.
type label struct{ client *client }

type labelModel struct {
	ID    types.String  `tfsdk:"id"`
	Key   types.String  `tfsdk:"key"`
	Text  types.String  `tfsdk:"text"`
	Words types.List    `tfsdk:"words"`
	Exact types.Number  `tfsdk:"exact"`
	Ratio types.Float64 `tfsdk:"ratio"`
	Flag  types.Bool    `tfsdk:"flag"`
	Owner types.String  `tfsdk:"owner"`
	Fault types.String  `tfsdk:"fault"`
}

type labelIdentity struct {
	Text  types.String  `tfsdk:"text"`
	Words types.List    `tfsdk:"words"`
	Exact types.Number  `tfsdk:"exact"`
	Ratio types.Float64 `tfsdk:"ratio"`
	Flag  types.Bool    `tfsdk:"flag"`
}

type labelFile struct {
	Text  string   `json:"text"`
	Words []string `json:"words,omitempty"`
	Exact *float64 `json:"exact,omitempty"`
	Ratio *float64 `json:"ratio,omitempty"`
	Flag  *bool    `json:"flag,omitempty"`
	Owner *string  `json:"owner,omitempty"`
	Fault *string  `json:"fault,omitempty"`
}

func (m *labelModel) identity() labelIdentity {
	return labelIdentity{m.Text, m.Words, m.Exact, m.Ratio, m.Flag}
}

// labels are all objects that are labels, in the order of their ids; members that a file does not have are null.
func (r *label) labels(ctx context.Context) ([]labelModel, error) {
	entries, err := os.ReadDir(r.client.directory)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	var all []labelModel
	for _, entry := range entries {
		id, ok := strings.CutSuffix(entry.Name(), ".json")
		if !ok || !strings.HasPrefix(id, "label-") {
			continue
		}
		var f labelFile
		if _, err := r.client.load(id, &f); err != nil {
			return nil, err
		}
		m := labelModel{
			ID: types.StringValue(id), Key: types.StringValue(strings.TrimPrefix(id, "label-")), Text: types.StringValue(f.Text),
			Words: types.ListNull(types.StringType), Exact: types.NumberNull(), Ratio: types.Float64PointerValue(f.Ratio),
			Flag: types.BoolPointerValue(f.Flag), Owner: types.StringPointerValue(f.Owner), Fault: types.StringPointerValue(f.Fault),
		}
		if f.Words != nil {
			m.Words, _ = types.ListValueFrom(ctx, types.StringType, f.Words)
		}
		if f.Exact != nil {
			m.Exact = types.NumberValue(big.NewFloat(*f.Exact))
		}
		all = append(all, m)
	}
	return all, nil
}

func (r *label) store(ctx context.Context, m *labelModel) error {
	f := labelFile{Text: m.Text.ValueString(), Ratio: m.Ratio.ValueFloat64Pointer(), Flag: m.Flag.ValueBoolPointer(),
		Owner: m.Owner.ValueStringPointer(), Fault: m.Fault.ValueStringPointer()}
	if !m.Words.IsNull() {
		m.Words.ElementsAs(ctx, &f.Words, false)
	}
	if !m.Exact.IsNull() {
		exact, _ := m.Exact.ValueBigFloat().Float64()
		f.Exact = &exact
	}
	return r.client.save(m.ID.ValueString(), f)
}

func (r *label) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_label"
	resp.ResourceBehavior.MutableIdentity = true
}

func (r *label) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	if c, ok := req.ProviderData.(*client); ok {
		r.client = c
	}
}

func (r *label) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id":    schema.StringAttribute{Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()}},
		"key":   schema.StringAttribute{Required: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()}},
		"text":  schema.StringAttribute{Required: true},
		"words": schema.ListAttribute{Optional: true, ElementType: types.StringType},
		"exact": schema.NumberAttribute{Optional: true},
		"ratio": schema.Float64Attribute{Optional: true},
		"flag":  schema.BoolAttribute{Optional: true},
		"owner": schema.StringAttribute{Optional: true},
		"fault": schema.StringAttribute{Optional: true},
	}}
}

func (r *label) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"text":  identityschema.StringAttribute{RequiredForImport: true},
		"words": identityschema.ListAttribute{OptionalForImport: true, ElementType: types.StringType},
		"exact": identityschema.NumberAttribute{OptionalForImport: true},
		"ratio": identityschema.Float64Attribute{OptionalForImport: true},
		"flag":  identityschema.BoolAttribute{OptionalForImport: true},
	}}
}

// ModifyPlan plans the identity that the apply sets, if all of it is known.
func (r *label) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var m labelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	if m.Text.IsUnknown() || m.Words.IsUnknown() || m.Exact.IsUnknown() || m.Ratio.IsUnknown() || m.Flag.IsUnknown() {
		return
	}
	identity := m.identity()
	if m.Fault.ValueString() == "plan_unknown_identity" {
		identity.Flag = types.BoolUnknown()
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, &identity)...)
}

// settle stores the object, and returns its identity.
func (r *label) settle(ctx context.Context, m *labelModel) (labelIdentity, error) {
	m.ID = types.StringValue("label-" + m.Key.ValueString())
	identity := m.identity()
	if m.Fault.ValueString() == "apply_unknown_identity" {
		identity.Flag = types.BoolUnknown()
	}
	return identity, r.store(ctx, m)
}

func (r *label) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m labelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	identity, err := r.settle(ctx, &m)
	if err != nil {
		resp.Diagnostics.AddError("Create failed", err.Error())
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, &identity)...)
}

func (r *label) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var id types.String
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("id"), &id)...)
	all, err := r.labels(ctx)
	if err != nil {
		resp.Diagnostics.AddError("Read failed", err.Error())
		return
	}
	for _, m := range all {
		if !m.ID.Equal(id) {
			continue
		}
		identity := m.identity()
		if m.Fault.ValueString() == "read_unknown_identity" {
			identity.Flag = types.BoolUnknown()
		}
		resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
		resp.Diagnostics.Append(resp.Identity.Set(ctx, &identity)...)
		return
	}
	resp.State.RemoveResource(ctx)
}

func (r *label) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m labelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	identity, err := r.settle(ctx, &m)
	if err != nil {
		resp.Diagnostics.AddError("Update failed", err.Error())
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, &identity)...)
}

func (r *label) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var id types.String
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("id"), &id)...)
	if err := removeFile(r.client.file(id.ValueString())); err != nil {
		resp.Diagnostics.AddError("Delete failed", err.Error())
	}
}

// ImportState finds the label by its text, which the identity has, or by its id.
func (r *label) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if req.ID != "" {
		resource.ImportStatePassthroughID(ctx, path.Root("id"), req, resp)
		return
	}
	var identity labelIdentity
	resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
	all, err := r.labels(ctx)
	if err != nil {
		resp.Diagnostics.AddError("Import failed", err.Error())
		return
	}
	for _, m := range all {
		if m.Text.Equal(identity.Text) {
			identity = m.identity()
			resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), m.ID)...)
			resp.Diagnostics.Append(resp.Identity.Set(ctx, &identity)...)
			return
		}
	}
	resp.Diagnostics.AddError("No such label", "No label has the text "+identity.Text.ValueString()+".")
}

func (r *label) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = lschema.Schema{Attributes: map[string]lschema.Attribute{"owner": lschema.StringAttribute{Required: true}}}
}

func (r *label) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var owner types.String
	diags := req.Config.GetAttribute(ctx, path.Root("owner"), &owner)
	all, err := r.labels(ctx)
	if err != nil {
		diags.AddError("List failed", err.Error())
	}
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		count := int64(0)
		for _, m := range all {
			if count == req.Limit {
				return
			}
			if !m.Owner.Equal(owner) {
				continue
			}
			result, identity := req.NewListResult(ctx), m.identity()
			result.DisplayName = m.Text.ValueString()
			result.Diagnostics.Append(result.Identity.Set(ctx, &identity)...)
			if req.IncludeResource {
				result.Diagnostics.Append(result.Resource.Set(ctx, &m)...)
			}
			if !push(result) {
				return
			}
			count++
		}
	}
}
