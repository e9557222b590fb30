package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// The list of items. `fault` and `fault_at` say which result is odd, and how; `many` adds that many made up items.
type itemListModel struct {
	Region  types.String `tfsdk:"region"`
	Prefix  types.String `tfsdk:"prefix"`
	Token   types.String `tfsdk:"token"`
	Many    types.Int64  `tfsdk:"many"`
	Delay   types.Int64  `tfsdk:"delay"`
	Fault   types.String `tfsdk:"fault"`
	FaultAt types.Int64  `tfsdk:"fault_at"`
	Excess  types.Bool   `tfsdk:"excess"`
	Numbers *struct {
		From types.Int64 `tfsdk:"from"`
		To   types.Int64 `tfsdk:"to"`
	} `tfsdk:"numbers"`
	Match []struct {
		Key    types.String `tfsdk:"key"`
		Values types.List   `tfsdk:"values"`
	} `tfsdk:"match"`
}

func (r *item) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		Description: "The items that exist.",
		Attributes: map[string]schema.Attribute{
			"region":   schema.StringAttribute{Optional: true, Description: "Only items in this region."},
			"prefix":   schema.StringAttribute{Optional: true, Description: "Only items whose name begins so."},
			"token":    schema.StringAttribute{Optional: true, Description: "Not used."},
			"many":     schema.Int64Attribute{Optional: true, Description: "Made up items."},
			"delay":    schema.Int64Attribute{Optional: true, Description: "Milliseconds to wait before each item."},
			"fault":    schema.StringAttribute{Optional: true},
			"fault_at": schema.Int64Attribute{Optional: true},
			"excess":   schema.BoolAttribute{Optional: true, Description: "The limit is ignored."},
			"numbers": schema.SingleNestedAttribute{Optional: true, Attributes: map[string]schema.Attribute{
				"from": schema.Int64Attribute{Required: true},
				"to":   schema.Int64Attribute{Optional: true},
			}},
		},
		Blocks: map[string]schema.Block{
			"match": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Attributes: map[string]schema.Attribute{
				"key":    schema.StringAttribute{Required: true},
				"values": schema.ListAttribute{Required: true, ElementType: types.StringType},
			}}},
		},
	}
}

func (r *item) ValidateListResourceConfig(ctx context.Context, req list.ValidateConfigRequest, resp *list.ValidateConfigResponse) {
	var prefix types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("prefix"), &prefix)...)
	switch prefix.ValueString() {
	case "invalid":
		resp.Diagnostics.AddAttributeError(path.Root("prefix"), "Invalid prefix", "No item has this prefix.")
	case "odd":
		resp.Diagnostics.AddAttributeWarning(path.Root("prefix"), "Odd prefix", "Few items have this prefix.")
	}
}

// items are all objects that are items, in the order of their ids.
func (c *client) items() ([]itemModel, error) {
	entries, err := os.ReadDir(c.directory)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	var all []itemModel
	for _, entry := range entries {
		id, ok := strings.CutSuffix(entry.Name(), ".json")
		if !ok || !strings.HasPrefix(id, "item-") {
			continue
		}
		var file itemFile
		if _, err := c.load(id, &file); err != nil {
			return nil, err
		}
		all = append(all, file.model(id))
	}
	return all, nil
}

func (l *itemListModel) wants(m itemModel) bool {
	number := m.Number.ValueInt64()
	if !l.Region.IsNull() && !l.Region.Equal(m.Region) || !strings.HasPrefix(m.Name.ValueString(), l.Prefix.ValueString()) {
		return false
	}
	if l.Numbers != nil && (m.Number.IsNull() || number < l.Numbers.From.ValueInt64() || !l.Numbers.To.IsNull() && number > l.Numbers.To.ValueInt64()) {
		return false
	}
	for _, match := range l.Match {
		has := map[string]string{"note": m.Note.ValueString(), "size": fmt.Sprint(m.Size.ValueInt64())}[match.Key.ValueString()]
		found := false
		for _, value := range match.Values.Elements() {
			found = found || value.(types.String).ValueString() == has
		}
		if !found {
			return false
		}
	}
	return true
}

func (r *item) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var l itemListModel
	diags := req.Config.Get(ctx, &l)
	all, err := r.client.items()
	if err == nil {
		err = r.client.note(fmt.Sprintf("list items, limit %d, include_resource %t", req.Limit, req.IncludeResource))
	}
	if err != nil {
		diags.AddError("List failed", err.Error())
	}
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	for i := range l.Many.ValueInt64() {
		file := itemFile{Name: fmt.Sprintf("made-%05d", i), Region: "here", Number: &i, Revision: 1}
		all = append(all, file.model(itemID("here", file.Name)))
	}
	stream.Results = func(push func(list.ListResult) bool) {
		count := int64(0)
		for _, m := range all {
			if !l.wants(m) {
				continue
			}
			if count == req.Limit && !l.Excess.ValueBool() {
				return
			}
			select {
			case <-ctx.Done():
				_ = r.client.note("list items interrupted")
				return
			case <-time.After(time.Duration(l.Delay.ValueInt64()) * time.Millisecond):
			}
			fault := ""
			if count == l.FaultAt.ValueInt64() {
				fault = l.Fault.ValueString()
			}
			if !pushItem(ctx, req, m, fault, push) {
				return
			}
			count++
		}
	}
}

// pushItem adds one result, and what `fault` wants beside it; it returns whether more are wanted. An unknown fault is left to rough.go.
func pushItem(ctx context.Context, req list.ListRequest, m itemModel, fault string, push func(list.ListResult) bool) bool {
	var beside diag.Diagnostics
	result := req.NewListResult(ctx)
	result.DisplayName = fmt.Sprintf("Item %s in %s", m.Name.ValueString(), m.Region.ValueString())
	identity := m.identity()
	if req.IncludeResource && fault != "no_resource" {
		result.Diagnostics.Append(result.Resource.Set(ctx, &m)...)
	}
	switch fault {
	case "", "no_resource":
	case "warning":
		beside.AddWarning("Slow list", "The list has to warn.")
	case "warning_with":
		result.Diagnostics.AddAttributeWarning(path.Root("region"), "Odd item", "The list has to warn of this item.")
	case "error":
		beside.AddError("List failed", "The list has to fail.")
	case "error_attribute":
		beside.AddAttributeError(path.Root("numbers").AtName("from"), "Wrong number", "The list has to fail at an argument.")
	case "error_with":
		result.Diagnostics.AddError("Item failed", "The item has to fail.")
	case "no_identity":
		result.Identity = nil
	case "null_identity":
		identity = itemIdentity{}
	case "panic":
		panic("the list has to exit")
	default:
		result.DisplayName = rough + fault
	}
	if result.Identity != nil {
		result.Diagnostics.Append(result.Identity.Set(ctx, &identity)...)
	}
	if len(beside) > 0 && !push(list.ListResult{Diagnostics: beside}) {
		return false
	}
	return push(result) && !beside.HasError()
}
