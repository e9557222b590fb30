package main

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// note is an action: it appends a line to the log of the objects.
type note struct{ c *client }

type noteModel struct {
	Message  types.String `tfsdk:"message"`
	Progress types.List   `tfsdk:"progress"`
	Refuse   types.Bool   `tfsdk:"refuse"`
	Fail     types.Bool   `tfsdk:"fail"`
	Exit     types.Bool   `tfsdk:"exit"`
	Delay    types.Int64  `tfsdk:"delay"`
	Target   []struct {
		Name types.String `tfsdk:"name"`
	} `tfsdk:"target"`
}

func (p *loamtest) Actions(context.Context) []func() action.Action {
	return []func() action.Action{func() action.Action { return &note{} }}
}

func (a *note) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_note"
}

func (a *note) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		Description: "Appends a line to the log.",
		Attributes: map[string]schema.Attribute{
			"message":  schema.StringAttribute{Required: true, Description: "The line."},
			"progress": schema.ListAttribute{Optional: true, ElementType: types.StringType, Description: "Messages on the way."},
			"refuse":   schema.BoolAttribute{Optional: true, Description: "The plan fails."},
			"fail":     schema.BoolAttribute{Optional: true, Description: "The invocation fails, after the line."},
			"exit":     schema.BoolAttribute{Optional: true, Description: "The provider dies, after the line."},
			"delay":    schema.Int64Attribute{Optional: true, Description: "Milliseconds to wait, after the line."},
		},
		Blocks: map[string]schema.Block{
			"target": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Attributes: map[string]schema.Attribute{
				"name": schema.StringAttribute{Required: true},
			}}},
		},
	}
}

func (a *note) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	if c, ok := req.ProviderData.(*client); ok {
		a.c = c
	}
}

func (a *note) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	var m noteModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if m.Message.ValueString() == "invalid" {
		resp.Diagnostics.AddAttributeError(path.Root("message"), "Message refused", "The message is invalid.")
	}
}

func (a *note) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var m noteModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if m.Refuse.ValueBool() {
		resp.Diagnostics.AddAttributeError(path.Root("refuse"), "Invocation refused", "The plan has to refuse.")
	}
}

func (a *note) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var m noteModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	var progress []string
	if !m.Progress.IsNull() {
		resp.Diagnostics.Append(m.Progress.ElementsAs(ctx, &progress, false)...)
	}
	for _, text := range progress {
		resp.SendProgress(action.InvokeProgressEvent{Message: text})
	}
	line := "note " + m.Message.ValueString()
	for _, target := range m.Target {
		line += " to " + target.Name.ValueString()
	}
	if err := a.c.note(line); err != nil {
		resp.Diagnostics.AddError("Note not written", err.Error())
	}
	time.Sleep(time.Duration(m.Delay.ValueInt64()) * time.Millisecond)
	if m.Exit.ValueBool() {
		panic("the action has to exit")
	}
	if m.Fail.ValueBool() {
		resp.Diagnostics.AddAttributeError(path.Root("fail"), "Note failed", "The invocation has to fail.")
	}
}
