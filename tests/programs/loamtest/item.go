package main

import (
	"context"
	"encoding/json"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// item has an identity at version 2, and can be listed. `fault` says which call misbehaves.
//
// Version 0 of its identity had `title` for `name`; version 1 is unknown to the provider.
type item struct{ client *client }

type itemModel struct {
	ID       types.String `tfsdk:"id"`
	Name     types.String `tfsdk:"name"`
	Region   types.String `tfsdk:"region"`
	Number   types.Int64  `tfsdk:"number"`
	Note     types.String `tfsdk:"note"`
	Size     types.Int64  `tfsdk:"size"`
	Secret   types.String `tfsdk:"secret"`
	Legacy   types.String `tfsdk:"legacy"`
	Fault    types.String `tfsdk:"fault"`
	Revision types.Int64  `tfsdk:"revision"`
	Place    *itemPlace   `tfsdk:"place"`
	Link     []itemLink   `tfsdk:"link"`
}

type itemPlace struct {
	Zone types.String `tfsdk:"zone"`
	Rack types.Int64  `tfsdk:"rack"`
	Key  types.String `tfsdk:"key"`
}

type itemLink struct {
	To     types.String `tfsdk:"to"`
	Weight types.Int64  `tfsdk:"weight"`
}

type itemIdentity struct {
	Name   types.String `tfsdk:"name"`
	Region types.String `tfsdk:"region"`
	Number types.Int64  `tfsdk:"number"`
}

// itemFile is the object as its file has it.
type itemFile struct {
	Name     string         `json:"name"`
	Region   string         `json:"region"`
	Number   *int64         `json:"number,omitempty"`
	Note     *string        `json:"note,omitempty"`
	Size     *int64         `json:"size,omitempty"`
	Secret   *string        `json:"secret,omitempty"`
	Legacy   *string        `json:"legacy,omitempty"`
	Fault    *string        `json:"fault,omitempty"`
	Revision int64          `json:"revision"`
	Place    *itemFilePlace `json:"place,omitempty"`
	Links    []itemFileLink `json:"links,omitempty"`
}

type itemFilePlace struct {
	Zone string  `json:"zone"`
	Rack *int64  `json:"rack,omitempty"`
	Key  *string `json:"key,omitempty"`
}

type itemFileLink struct {
	To     string `json:"to"`
	Weight *int64 `json:"weight,omitempty"`
}

func itemID(region, name string) string { return "item-" + region + "-" + name }

// load reads the file of an object into target; it returns whether there is one.
func (c *client) load(id string, target any) (bool, error) {
	text, err := os.ReadFile(c.file(id))
	if os.IsNotExist(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, json.Unmarshal(text, target)
}

func (c *client) save(id string, content any) error {
	text, err := json.Marshal(content)
	if err != nil {
		return err
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		return err
	}
	return c.write(id, members)
}

func (f *itemFile) model(id string) itemModel {
	m := itemModel{
		ID: types.StringValue(id), Name: types.StringValue(f.Name), Region: types.StringValue(f.Region),
		Number: types.Int64PointerValue(f.Number), Note: types.StringPointerValue(f.Note), Size: types.Int64PointerValue(f.Size),
		Secret: types.StringPointerValue(f.Secret), Legacy: types.StringPointerValue(f.Legacy), Fault: types.StringPointerValue(f.Fault),
		Revision: types.Int64Value(f.Revision), Link: []itemLink{},
	}
	if m.Region.ValueString() == "" {
		m.Region = types.StringValue("here")
	}
	if m.Size.IsNull() {
		m.Size = types.Int64Value(1)
	}
	if f.Place != nil {
		m.Place = &itemPlace{types.StringValue(f.Place.Zone), types.Int64PointerValue(f.Place.Rack), types.StringPointerValue(f.Place.Key)}
	}
	for _, link := range f.Links {
		m.Link = append(m.Link, itemLink{types.StringValue(link.To), types.Int64PointerValue(link.Weight)})
	}
	return m
}

func (m *itemModel) file() itemFile {
	f := itemFile{
		Name: m.Name.ValueString(), Region: m.Region.ValueString(), Number: m.Number.ValueInt64Pointer(),
		Note: m.Note.ValueStringPointer(), Size: m.Size.ValueInt64Pointer(), Secret: m.Secret.ValueStringPointer(),
		Legacy: m.Legacy.ValueStringPointer(), Fault: m.Fault.ValueStringPointer(), Revision: m.Revision.ValueInt64(),
	}
	if m.Place != nil {
		f.Place = &itemFilePlace{m.Place.Zone.ValueString(), m.Place.Rack.ValueInt64Pointer(), m.Place.Key.ValueStringPointer()}
	}
	for _, link := range m.Link {
		f.Links = append(f.Links, itemFileLink{link.To.ValueString(), link.Weight.ValueInt64Pointer()})
	}
	return f
}

func (m *itemModel) identity() itemIdentity { return itemIdentity{m.Name, m.Region, m.Number} }

// changed is another identity of the object.
func (m *itemModel) changed() itemIdentity {
	return itemIdentity{m.Name, m.Region, types.Int64Value(m.Number.ValueInt64() + 1)}
}

func (r *item) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_item"
}

func (r *item) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	if c, ok := req.ProviderData.(*client); ok {
		r.client = c
	}
}

func (r *item) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	resp.Schema = schema.Schema{
		Description: "An object with an identity.",
		Attributes: map[string]schema.Attribute{
			"id":       schema.StringAttribute{Computed: true, PlanModifiers: keep},
			"name":     schema.StringAttribute{Required: true, PlanModifiers: replace},
			"region":   schema.StringAttribute{Optional: true, Computed: true, Default: stringdefault.StaticString("here"), PlanModifiers: replace},
			"number":   schema.Int64Attribute{Optional: true, Description: "A part of the identity, so it cannot change."},
			"note":     schema.StringAttribute{Optional: true},
			"size":     schema.Int64Attribute{Optional: true, Computed: true, Default: int64default.StaticInt64(1)},
			"secret":   schema.StringAttribute{Optional: true, Sensitive: true},
			"legacy":   schema.StringAttribute{Optional: true, DeprecationMessage: "Use note instead."},
			"fault":    schema.StringAttribute{Optional: true},
			"revision": schema.Int64Attribute{Computed: true},
			"place": schema.SingleNestedAttribute{Optional: true, Attributes: map[string]schema.Attribute{
				"zone": schema.StringAttribute{Required: true},
				"rack": schema.Int64Attribute{Optional: true},
				"key":  schema.StringAttribute{Optional: true, Sensitive: true},
			}},
		},
		Blocks: map[string]schema.Block{
			"link": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Attributes: map[string]schema.Attribute{
				"to":     schema.StringAttribute{Required: true},
				"weight": schema.Int64Attribute{Optional: true},
			}}},
		},
	}
}

func (r *item) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Version: 2, Attributes: map[string]identityschema.Attribute{
		"name":   identityschema.StringAttribute{RequiredForImport: true, Description: "Unique in its region."},
		"region": identityschema.StringAttribute{OptionalForImport: true, Description: "here, if it is missing."},
		"number": identityschema.Int64Attribute{OptionalForImport: true},
	}}
}

func (r *item) UpgradeIdentity(context.Context) map[int64]resource.IdentityUpgrader {
	was := identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"title":  identityschema.StringAttribute{RequiredForImport: true},
		"region": identityschema.StringAttribute{OptionalForImport: true},
	}}
	return map[int64]resource.IdentityUpgrader{0: {PriorSchema: &was, IdentityUpgrader: func(ctx context.Context, req resource.UpgradeIdentityRequest, resp *resource.UpgradeIdentityResponse) {
		var title, region types.String
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("title"), &title)...)
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("region"), &region)...)
		if title.ValueString() == "broken" {
			resp.Diagnostics.AddError("Identity not upgraded", "The upgrade has to fail.")
			return
		}
		resp.Diagnostics.Append(resp.Identity.Set(ctx, &itemIdentity{title, region, types.Int64Null()})...)
	}}}
}

// ModifyPlan leaves the identity to the apply, unless `fault` wants another one.
func (r *item) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var m itemModel
	for name, target := range map[string]any{"name": &m.Name, "region": &m.Region, "number": &m.Number, "fault": &m.Fault} {
		resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root(name), target)...)
	}
	identity := m.identity()
	switch m.Fault.ValueString() {
	case "plan_identity":
	case "plan_changes_identity":
		identity = m.changed()
	case "plan_unknown_identity":
		identity.Number = types.Int64Unknown()
	default:
		return
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, &identity)...)
}

func (r *item) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m itemModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	m.ID = types.StringValue(itemID(m.Region.ValueString(), m.Name.ValueString()))
	m.Revision = types.Int64Value(1)
	var existing itemFile
	if found, err := r.client.load(m.ID.ValueString(), &existing); err != nil || found {
		resp.Diagnostics.AddError("Item exists", "An item of that name and region exists.")
		return
	}
	if err := r.client.save(m.ID.ValueString(), m.file()); err != nil {
		resp.Diagnostics.AddError("Create failed", err.Error())
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
	identity := m.identity()
	switch m.Fault.ValueString() {
	case "create_null_identity":
		return
	case "create_unknown_identity":
		identity.Number = types.Int64Unknown()
	case "create_partial":
		resp.Diagnostics.AddError("Create failed half way", "The item is there, but not whole.")
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, &identity)...)
}

func (r *item) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m itemModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if m.Name.ValueString() != "" && m.ID.IsNull() { // an import by identity
		m.ID = types.StringValue(itemID(m.Region.ValueString(), m.Name.ValueString()))
	}
	file := itemFile{Name: m.Name.ValueString()}
	found, err := r.client.load(m.ID.ValueString(), &file)
	if err != nil {
		resp.Diagnostics.AddError("Read failed", err.Error())
		return
	}
	if !found {
		resp.State.RemoveResource(ctx)
		return
	}
	m = file.model(m.ID.ValueString())
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
	identity := m.identity()
	switch m.Fault.ValueString() {
	case "read_null_identity":
		identity = itemIdentity{}
	case "read_changes_identity":
		identity = m.changed()
	case "read_unknown_identity":
		identity.Number = types.Int64Unknown()
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, &identity)...)
}

func (r *item) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m, s itemModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &s)...)
	if resp.Diagnostics.HasError() {
		return
	}
	m.Revision = types.Int64Value(s.Revision.ValueInt64() + 1)
	if err := r.client.save(m.ID.ValueString(), m.file()); err != nil {
		resp.Diagnostics.AddError("Update failed", err.Error())
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
	identity := m.identity()
	switch m.Fault.ValueString() {
	case "update_changes_identity":
		identity = m.changed()
	case "update_partial":
		resp.Diagnostics.AddError("Update failed half way", "Some of it was done.")
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, &identity)...)
}

func (r *item) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var m itemModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if m.Fault.ValueString() == "delete" {
		resp.Diagnostics.AddError("Delete failed", "The deletion has to fail.")
		return
	}
	var identity *itemIdentity
	resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
	line := "delete " + m.ID.ValueString()
	if identity != nil {
		line += ", identity " + identity.Name.ValueString() + " in " + identity.Region.ValueString()
	}
	if err := r.client.note(line); err != nil {
		resp.Diagnostics.AddError("Delete failed", err.Error())
		return
	}
	if err := removeFile(r.client.file(m.ID.ValueString())); err != nil {
		resp.Diagnostics.AddError("Delete failed", err.Error())
	}
}

// ImportState accepts ids of items, and identities; names that begin with odd are imported in an odd way.
func (r *item) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if req.ID != "" {
		if !strings.HasPrefix(req.ID, "item-") {
			resp.Diagnostics.AddError("Not an id", "An id begins with item-.")
			return
		}
		resource.ImportStatePassthroughID(ctx, path.Root("id"), req, resp)
		return
	}
	var identity itemIdentity
	resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
	if identity.Name.ValueString() == "" {
		resp.Diagnostics.AddError("Not an identity", "The name is empty.")
		return
	}
	if identity.Region.IsNull() {
		identity.Region = types.StringValue("here")
	}
	id := itemID(identity.Region.ValueString(), identity.Name.ValueString())
	var file itemFile
	if found, err := r.client.load(id, &file); err == nil && found && !identity.Number.IsNull() && !identity.Number.Equal(types.Int64PointerValue(file.Number)) {
		resp.Diagnostics.AddError("Not this item", "The item has another number.")
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	switch identity.Name.ValueString() {
	case "odd-unnamed":
		resp.Identity = nil
	case "odd-unchanged": // the identity of the configuration remains
	default:
		resp.Diagnostics.Append(resp.Identity.Set(ctx, &identity)...)
	}
}

// From loamtest_old, without an identity; from loamtest_label, with one.
func (r *item) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{{StateMover: func(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
		var was struct{ ID, Title, Key, Text string }
		if req.SourceRawState == nil || json.Unmarshal(req.SourceRawState.JSON, &was) != nil {
			return
		}
		name := was.Title
		switch req.SourceTypeName {
		case "loamtest_old":
		case "loamtest_label":
			var identity struct{ Text string }
			if req.SourceIdentity == nil || json.Unmarshal(req.SourceIdentity.JSON, &identity) != nil {
				resp.Diagnostics.AddError("Label without an identity", "The label cannot become an item.")
				return
			}
			name = identity.Text
			resp.Diagnostics.Append(resp.TargetIdentity.Set(ctx, &itemIdentity{types.StringValue(name), types.StringValue("here"), types.Int64Null()})...)
		default:
			return
		}
		resp.Diagnostics.Append(resp.TargetState.SetAttribute(ctx, path.Root("id"), was.ID)...)
		resp.Diagnostics.Append(resp.TargetState.SetAttribute(ctx, path.Root("name"), name)...)
		resp.Diagnostics.Append(resp.TargetState.SetAttribute(ctx, path.Root("region"), "here")...)
		resp.Diagnostics.Append(resp.TargetState.SetAttribute(ctx, path.Root("size"), int64(1))...)
	}}}
}
