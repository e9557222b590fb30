package main

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	dschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	eschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

func removeFile(name string) error {
	if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// old: a type whose objects can become objects of thing.
type old struct{ client *client }

type oldModel struct {
	ID    types.String `tfsdk:"id"`
	Title types.String `tfsdk:"title"`
}

func oldSchema() schema.Schema {
	return schema.Schema{Attributes: map[string]schema.Attribute{
		"id":    schema.StringAttribute{Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()}},
		"title": schema.StringAttribute{Required: true},
	}}
}

func (r *old) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_old"
}
func (r *old) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = oldSchema()
}
func (r *old) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	if c, ok := req.ProviderData.(*client); ok {
		r.client = c
	}
}
func (r *old) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m oldModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	m.ID = types.StringValue("thing-" + m.Title.ValueString())
	if err := r.client.write(m.ID.ValueString(), map[string]any{"name": m.Title.ValueString(), "size": 1, "label": strings.ToUpper(m.Title.ValueString()), "revision": 1}); err != nil {
		resp.Diagnostics.AddError("Create failed", err.Error())
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
func (r *old) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}
func (r *old) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m oldModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
func (r *old) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// versioned: its schema is at version 2; 0 had `number` as text, 1 had `count_of`.
type versioned struct{}

type versionedModel struct {
	ID     types.String `tfsdk:"id"`
	Number types.Int64  `tfsdk:"number"`
}

func (r *versioned) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_versioned"
}
func (r *versioned) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Version: 2, Attributes: map[string]schema.Attribute{
		"id":     schema.StringAttribute{Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()}},
		"number": schema.Int64Attribute{Optional: true},
	}}
}
func (r *versioned) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m versionedModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	m.ID = types.StringValue("versioned")
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
func (r *versioned) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}
func (r *versioned) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m versionedModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
func (r *versioned) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
func (r *versioned) UpgradeState(context.Context) map[int64]resource.StateUpgrader {
	up := func(member string) resource.StateUpgrader {
		return resource.StateUpgrader{StateUpgrader: func(_ context.Context, req resource.UpgradeStateRequest, resp *resource.UpgradeStateResponse) {
			var was map[string]any
			if err := json.Unmarshal(req.RawState.JSON, &was); err != nil {
				resp.Diagnostics.AddError("Upgrade failed", err.Error())
				return
			}
			var number any = was[member]
			if text, ok := number.(string); ok {
				number = json.Number(text)
			}
			text, err := json.Marshal(map[string]any{"id": was["id"], "number": number})
			if err != nil {
				resp.Diagnostics.AddError("Upgrade failed", err.Error())
				return
			}
			resp.DynamicValue = &tfprotov6.DynamicValue{JSON: text}
		}}
	}
	return map[int64]resource.StateUpgrader{0: up("number"), 1: up("count_of")}
}

// lookup reads the file of a thing.
type lookup struct{ client *client }

type lookupModel struct {
	ID     types.String `tfsdk:"id"`
	Name   types.String `tfsdk:"name"`
	Must   types.Bool   `tfsdk:"must_exist"`
	Found  types.Bool   `tfsdk:"found"`
	Size   types.Int64  `tfsdk:"size"`
	Filter types.List   `tfsdk:"filter"`
}

func (d *lookup) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_lookup"
}
func (d *lookup) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = dschema.Schema{
		Attributes: map[string]dschema.Attribute{
			"id":         dschema.StringAttribute{Computed: true},
			"name":       dschema.StringAttribute{Required: true},
			"must_exist": dschema.BoolAttribute{Optional: true},
			"found":      dschema.BoolAttribute{Computed: true},
			"size":       dschema.Int64Attribute{Computed: true},
		},
		Blocks: map[string]dschema.Block{"filter": dschema.ListNestedBlock{NestedObject: dschema.NestedBlockObject{
			Attributes: map[string]dschema.Attribute{"name": dschema.StringAttribute{Required: true}, "values": dschema.ListAttribute{Optional: true, ElementType: types.StringType}},
		}}},
	}
}
func (d *lookup) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	if c, ok := req.ProviderData.(*client); ok {
		d.client = c
	}
}
func (d *lookup) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m lookupModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	content, err := d.client.read("thing-" + m.Name.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("Read failed", err.Error())
		return
	}
	if content == nil && m.Must.ValueBool() {
		resp.Diagnostics.AddAttributeError(path.Root("name"), "No such thing", "There is no thing of that name.")
		return
	}
	m.ID = types.StringValue("thing-" + m.Name.ValueString())
	m.Found = types.BoolValue(content != nil)
	if content != nil {
		m.Size = types.Int64Value(int64(content["size"].(float64)))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// token: an ephemeral resource that writes each call into the log.
type token struct{ client *client }

type tokenModel struct {
	Name  types.String `tfsdk:"name"`
	Renew types.Bool   `tfsdk:"renew"`
	Fail  types.String `tfsdk:"fail"`
	Value types.String `tfsdk:"value"`
}

func (e *token) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_token"
}
func (e *token) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = eschema.Schema{Attributes: map[string]eschema.Attribute{
		"name":  eschema.StringAttribute{Required: true},
		"renew": eschema.BoolAttribute{Optional: true},
		"fail":  eschema.StringAttribute{Optional: true},
		"value": eschema.StringAttribute{Computed: true, Sensitive: true},
	}}
}
func (e *token) Configure(_ context.Context, req ephemeral.ConfigureRequest, _ *ephemeral.ConfigureResponse) {
	if c, ok := req.ProviderData.(*client); ok {
		e.client = c
	}
}
func (e *token) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var m tokenModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if m.Fail.ValueString() == "open" {
		resp.Diagnostics.AddAttributeError(path.Root("fail"), "Open failed", "The opening has to fail.")
		return
	}
	_ = e.client.note("open " + m.Name.ValueString())
	m.Value = types.StringValue("token-" + m.Name.ValueString())
	if m.Renew.ValueBool() {
		resp.RenewAt = time.Now().Add(time.Second)
	}
	private, _ := json.Marshal(m.Name.ValueString())
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, "name", private)...)
	resp.Diagnostics.Append(resp.Result.Set(ctx, &m)...)
}
func (e *token) Renew(ctx context.Context, req ephemeral.RenewRequest, resp *ephemeral.RenewResponse) {
	name, d := req.Private.GetKey(ctx, "name")
	resp.Diagnostics.Append(d...)
	_ = e.client.note("renew " + string(name))
	resp.RenewAt = time.Now().Add(time.Second)
}
func (e *token) Close(ctx context.Context, req ephemeral.CloseRequest, resp *ephemeral.CloseResponse) {
	name, d := req.Private.GetKey(ctx, "name")
	resp.Diagnostics.Append(d...)
	_ = e.client.note("close " + string(name))
}

type joinWords struct{}

func (joinWords) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "join_words"
}
func (joinWords) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{Summary: "Words with something between.",
		Parameters:        []function.Parameter{function.StringParameter{Name: "between"}},
		VariadicParameter: function.StringParameter{Name: "words"}, Return: function.StringReturn{}}
}
func (joinWords) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var between string
	var words []string
	resp.Error = function.ConcatFuncErrors(resp.Error, req.Arguments.Get(ctx, &between, &words))
	for i, w := range words {
		if w == "" {
			resp.Error = function.ConcatFuncErrors(resp.Error, function.NewArgumentFuncError(int64(1+i), "a word may not be empty"))
			return
		}
	}
	resp.Error = function.ConcatFuncErrors(resp.Error, resp.Result.Set(ctx, strings.Join(words, between)))
}

type parsePair struct{}

var pairType = map[string]attr.Type{"key": types.StringType, "value": types.StringType}

func (parsePair) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_pair"
}
func (parsePair) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{Summary: "key=value", Parameters: []function.Parameter{function.StringParameter{Name: "text"}}, Return: function.ObjectReturn{AttributeTypes: pairType}}
}
func (parsePair) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text string
	resp.Error = function.ConcatFuncErrors(resp.Error, req.Arguments.Get(ctx, &text))
	k, v, ok := strings.Cut(text, "=")
	if !ok {
		resp.Error = function.ConcatFuncErrors(resp.Error, function.NewArgumentFuncError(0, "no = in it"))
		return
	}
	o, _ := types.ObjectValue(pairType, map[string]attr.Value{"key": types.StringValue(k), "value": types.StringValue(v)})
	resp.Error = function.ConcatFuncErrors(resp.Error, resp.Result.Set(ctx, o))
}

type boom struct{}

func (boom) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "boom"
}
func (boom) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{Summary: "Fails.", Return: function.BoolReturn{}}
}
func (boom) Run(_ context.Context, _ function.RunRequest, resp *function.RunResponse) {
	resp.Error = function.NewFuncError("it always fails")
}

// describe takes null and anything.
type describe struct{}

func (describe) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "describe"
}
func (describe) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{Summary: "What is it?", Parameters: []function.Parameter{
		function.DynamicParameter{Name: "value", AllowNullValue: true}}, Return: function.StringReturn{}}
}
func (describe) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var v types.Dynamic
	resp.Error = function.ConcatFuncErrors(resp.Error, req.Arguments.Get(ctx, &v))
	text := "null"
	if !v.IsNull() && !v.IsUnderlyingValueNull() {
		text = v.UnderlyingValue().Type(ctx).String()
	}
	resp.Error = function.ConcatFuncErrors(resp.Error, resp.Result.Set(ctx, text))
}
