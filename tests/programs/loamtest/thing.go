package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// thing has every kind of attribute and block. `fail` says which call fails.
type thing struct{ client *client }

type thingModel struct {
	ID         types.String  `tfsdk:"id"`
	Name       types.String  `tfsdk:"name"`
	Size       types.Int64   `tfsdk:"size"`
	Ratio      types.Float64 `tfsdk:"ratio"`
	Precise    types.Number  `tfsdk:"precise"`
	Kind       types.String  `tfsdk:"kind"`
	Label      types.String  `tfsdk:"label"`
	Flag       types.Bool    `tfsdk:"flag"`
	Secret     types.String  `tfsdk:"secret"`
	PasswordWO types.String  `tfsdk:"password_wo"`
	PasswordV  types.Int64   `tfsdk:"password_version"`
	PasswordN  types.Int64   `tfsdk:"password_length"`
	Tags       types.Map     `tfsdk:"tags"`
	Words      types.List    `tfsdk:"words"`
	Ports      types.Set     `tfsdk:"ports"`
	Any        types.Dynamic `tfsdk:"any"`
	Revision   types.Int64   `tfsdk:"revision"`
	Fail       types.String  `tfsdk:"fail"`
	Delay      types.String  `tfsdk:"delay"`
	Detail     types.Object  `tfsdk:"detail"`
	Disks      types.List    `tfsdk:"disks"`
	Rules      types.Set     `tfsdk:"rules"`
	Links      types.Map     `tfsdk:"links"`
	Option     types.List    `tfsdk:"option"`
	Limit      types.Set     `tfsdk:"limit"`
	Place      types.Object  `tfsdk:"place"`
}

func (r *thing) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_thing"
}

func (r *thing) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	if c, ok := req.ProviderData.(*client); ok {
		r.client = c
	}
}

func (r *thing) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	disk := schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"name": schema.StringAttribute{Required: true},
		"size": schema.Int64Attribute{Optional: true, Computed: true, Default: int64default.StaticInt64(10)},
	}}
	rule := schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"port":   schema.Int64Attribute{Required: true, Validators: []validator.Int64{int64validator.Between(1, 65535)}},
		"action": schema.StringAttribute{Optional: true},
	}}
	resp.Schema = schema.Schema{
		Description: "A thing with everything.",
		Attributes: map[string]schema.Attribute{
			"id":               schema.StringAttribute{Computed: true, PlanModifiers: keep},
			"name":             schema.StringAttribute{Required: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()}},
			"size":             schema.Int64Attribute{Optional: true, Computed: true, Default: int64default.StaticInt64(1)},
			"ratio":            schema.Float64Attribute{Optional: true},
			"precise":          schema.NumberAttribute{Optional: true},
			"kind":             schema.StringAttribute{Optional: true, Validators: []validator.String{stringvalidator.OneOf("small", "large")}},
			"label":            schema.StringAttribute{Optional: true, Computed: true, PlanModifiers: keep},
			"flag":             schema.BoolAttribute{Optional: true, PlanModifiers: []planmodifier.Bool{boolplanmodifier.RequiresReplaceIfConfigured()}},
			"secret":           schema.StringAttribute{Optional: true, Sensitive: true},
			"password_wo":      schema.StringAttribute{Optional: true, WriteOnly: true, Sensitive: true},
			"password_version": schema.Int64Attribute{Optional: true},
			"password_length":  schema.Int64Attribute{Computed: true},
			"tags":             schema.MapAttribute{Optional: true, ElementType: types.StringType},
			"words":            schema.ListAttribute{Optional: true, ElementType: types.StringType},
			"ports":            schema.SetAttribute{Optional: true, ElementType: types.Int64Type},
			"any":              schema.DynamicAttribute{Optional: true},
			"revision":         schema.Int64Attribute{Computed: true},
			"fail":             schema.StringAttribute{Optional: true, DeprecationMessage: "Only tests want this."},
			"delay":            schema.StringAttribute{Optional: true},
			"detail": schema.SingleNestedAttribute{Optional: true, Attributes: map[string]schema.Attribute{
				"mode": schema.StringAttribute{Required: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()}},
				"note": schema.StringAttribute{Optional: true, Computed: true},
				"key":  schema.StringAttribute{Optional: true, Sensitive: true},
			}},
			"disks": schema.ListNestedAttribute{Optional: true, NestedObject: disk},
			"rules": schema.SetNestedAttribute{Optional: true, NestedObject: rule},
			"links": schema.MapNestedAttribute{Optional: true, NestedObject: disk},
		},
		Blocks: map[string]schema.Block{
			"option": schema.ListNestedBlock{
				Validators: []validator.List{listvalidator.SizeAtMost(3)},
				NestedObject: schema.NestedBlockObject{
					Attributes: map[string]schema.Attribute{
						"key":   schema.StringAttribute{Required: true},
						"value": schema.StringAttribute{Optional: true, Computed: true},
					},
					Blocks: map[string]schema.Block{"inner": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{
						Attributes: map[string]schema.Attribute{"text": schema.StringAttribute{Optional: true}},
					}}},
				},
			},
			"limit": schema.SetNestedBlock{NestedObject: schema.NestedBlockObject{Attributes: map[string]schema.Attribute{
				"of":  schema.StringAttribute{Required: true},
				"max": schema.Int64Attribute{Optional: true},
			}}},
			"place": schema.SingleNestedBlock{Attributes: map[string]schema.Attribute{
				"zone": schema.StringAttribute{Optional: true},
				"rack": schema.Int64Attribute{Optional: true},
			}},
		},
	}
}

// ValidateConfig reports names and words that the schema allows, with their paths.
func (r *thing) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var name types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("name"), &name)...)
	if name.ValueString() == "forbidden" {
		resp.Diagnostics.AddAttributeError(path.Root("name"), "Forbidden name", "No thing may be named so.")
	}
	if strings.HasPrefix(name.ValueString(), "odd") {
		resp.Diagnostics.AddAttributeWarning(path.Root("name"), "Odd name", "It begins with odd.")
	}
	var words types.List
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("words"), &words)...)
	for i, w := range words.Elements() {
		if s, ok := w.(types.String); ok && s.ValueString() == "bad" {
			resp.Diagnostics.AddAttributeError(path.Root("words").AtListIndex(i), "Bad word", "This word is bad.")
		}
	}
	var tags types.Map
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("tags"), &tags)...)
	for k, v := range tags.Elements() {
		if s, ok := v.(types.String); ok && s.ValueString() == "bad" {
			resp.Diagnostics.AddAttributeError(path.Root("tags").AtMapKey(k), "Bad tag", "This tag is bad.")
		}
	}
}

func (r *thing) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		if r.client != nil {
			var s thingModel
			resp.Diagnostics.Append(req.State.Get(ctx, &s)...)
			if s.Fail.ValueString() == "plan_destroy" {
				resp.Diagnostics.AddError("Destroy refused", "This thing is kept.")
			}
		}
		return
	}
	var m thingModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	switch m.Fail.ValueString() {
	case "plan":
		resp.Diagnostics.AddAttributeError(path.Root("fail"), "Plan failed", "The plan has to fail.")
	case "plan_warn":
		resp.Diagnostics.AddAttributeWarning(path.Root("fail"), "Plan warns", "The plan has to warn.")
	case "plan_inconsistent":
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("kind"), "large")...)
	}
	if !req.State.Raw.IsNull() { // an update: what stays is known
		var s thingModel
		resp.Diagnostics.Append(req.State.Get(ctx, &s)...)
		if m.PasswordV.Equal(s.PasswordV) {
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("password_length"), s.PasswordN)...)
		}
	}
}

// settle gives all unknown attributes a value.
func (r *thing) settle(ctx context.Context, m *thingModel, config *thingModel, revision int64) (d diag.Diagnostics) {
	m.ID = types.StringValue("thing-" + m.Name.ValueString())
	if m.Label.IsUnknown() {
		m.Label = types.StringValue(r.client.prefix + strings.ToUpper(m.Name.ValueString()))
	}
	m.Revision = types.Int64Value(revision)
	if m.PasswordN.IsUnknown() {
		m.PasswordN = types.Int64Value(int64(len(config.PasswordWO.ValueString())))
	}
	if !m.Detail.IsNull() && !m.Detail.IsUnknown() {
		a := m.Detail.Attributes()
		if a["note"].IsUnknown() {
			a["note"] = types.StringValue("noted")
			o, e := types.ObjectValue(m.Detail.AttributeTypes(ctx), a)
			d.Append(e...)
			m.Detail = o
		}
	}
	var out []attr.Value
	for i, e := range m.Option.Elements() {
		o := e.(types.Object)
		a := o.Attributes()
		if a["value"].IsUnknown() {
			a["value"] = types.StringValue(fmt.Sprintf("value-%d", i))
		}
		n, e := types.ObjectValue(o.AttributeTypes(ctx), a)
		d.Append(e...)
		out = append(out, n)
	}
	if len(out) > 0 {
		l, e := types.ListValue(m.Option.ElementType(ctx), out)
		d.Append(e...)
		m.Option = l
	}
	m.PasswordWO = types.StringNull()
	return d
}

func (r *thing) wait(ctx context.Context, m *thingModel) error {
	t, err := time.ParseDuration(m.Delay.ValueString())
	if err != nil {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(t):
		return nil
	}
}

func (r *thing) save(m *thingModel) error {
	return r.client.write(m.ID.ValueString(), map[string]any{"name": m.Name.ValueString(), "size": m.Size.ValueInt64(), "label": m.Label.ValueString(), "revision": m.Revision.ValueInt64()})
}

func (r *thing) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m, config thingModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if m.Fail.ValueString() == "create" {
		resp.Diagnostics.AddAttributeError(path.Root("fail"), "Create failed", "The creation has to fail.")
		return
	}
	if err := r.wait(ctx, &m); err != nil {
		resp.Diagnostics.AddError("Create interrupted", err.Error())
		return
	}
	resp.Diagnostics.Append(r.settle(ctx, &m, &config, 1)...)
	if err := r.save(&m); err != nil {
		resp.Diagnostics.AddError("Create failed", err.Error())
		return
	}
	switch m.Fail.ValueString() {
	case "create_inconsistent":
		m.Size = types.Int64Value(m.Size.ValueInt64() + 1)
	case "create_partial":
		resp.Diagnostics.AddError("Create failed half way", "The thing is there, but not whole.")
	case "create_warn":
		resp.Diagnostics.AddWarning("Create warns", "The creation has to warn.")
	case "crash":
		panic("ordered to crash")
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, "made", []byte(`{"by":"create"}`))...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (r *thing) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m thingModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if m.Fail.ValueString() == "read" {
		resp.Diagnostics.AddError("Read failed", "The reading has to fail.")
		return
	}
	content, err := r.client.read(m.ID.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("Read failed", err.Error())
		return
	}
	if content == nil {
		resp.State.RemoveResource(ctx)
		return
	}
	m.Name = types.StringValue(content["name"].(string))
	m.Size = types.Int64Value(int64(content["size"].(float64)))
	m.Label = types.StringValue(content["label"].(string))
	m.Revision = types.Int64Value(int64(content["revision"].(float64)))
	if m.PasswordN.IsNull() {
		m.PasswordN = types.Int64Value(0)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (r *thing) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m, config, s thingModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &s)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if m.Fail.ValueString() == "update" {
		resp.Diagnostics.AddError("Update failed", "The update has to fail.")
		return
	}
	if err := r.wait(ctx, &m); err != nil {
		resp.Diagnostics.AddError("Update interrupted", err.Error())
		return
	}
	resp.Diagnostics.Append(r.settle(ctx, &m, &config, s.Revision.ValueInt64()+1)...)
	if err := r.save(&m); err != nil {
		resp.Diagnostics.AddError("Update failed", err.Error())
		return
	}
	if m.Fail.ValueString() == "update_partial" {
		resp.Diagnostics.AddError("Update failed half way", "Some of it was done.")
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (r *thing) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var m thingModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if m.Fail.ValueString() == "delete" {
		resp.Diagnostics.AddError("Delete failed", "The deletion has to fail.")
		return
	}
	made, d := req.Private.GetKey(ctx, "made")
	resp.Diagnostics.Append(d...)
	if err := r.client.note("delete " + m.ID.ValueString() + " " + string(made)); err != nil {
		resp.Diagnostics.AddError("Delete failed", err.Error())
		return
	}
	if err := removeFile(r.client.file(m.ID.ValueString())); err != nil {
		resp.Diagnostics.AddError("Delete failed", err.Error())
	}
}

func (r *thing) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if !strings.HasPrefix(req.ID, "thing-") {
		resp.Diagnostics.AddError("Not an id", "An id begins with thing-.")
		return
	}
	resource.ImportStatePassthroughID(ctx, path.Root("id"), req, resp)
}

// From loamtest_old, whose `title` was the name.
func (r *thing) MoveState(context.Context) []resource.StateMover {
	source := oldSchema()
	return []resource.StateMover{{SourceSchema: &source, StateMover: func(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
		if req.SourceTypeName != "loamtest_old" || req.SourceState == nil {
			return
		}
		var s oldModel
		resp.Diagnostics.Append(req.SourceState.Get(ctx, &s)...)
		resp.Diagnostics.Append(resp.TargetState.SetAttribute(ctx, path.Root("id"), "thing-"+s.Title.ValueString())...)
		resp.Diagnostics.Append(resp.TargetState.SetAttribute(ctx, path.Root("name"), s.Title)...)
		resp.Diagnostics.Append(resp.TargetState.SetAttribute(ctx, path.Root("size"), int64(1))...)
	}}}
}
