# Vivado: vivado -mode batch -source build.tcl makes bispike.bit and bispike.hwh for a PYNQ-Z2.
# The core's three AXI ports and its clock are found by their names. Registers: 0x43C00000; samples and results: AXI DMA.

create_project -force bispike vivado -part @PART@
add_files bispike.v
add_files -fileset constrs_1 bispike.xdc
update_compile_order -fileset sources_1

create_bd_design system
set ps [create_bd_cell -type ip -vlnv xilinx.com:ip:processing_system7 ps]
apply_bd_automation -rule xilinx.com:bd_rule:processing_system7 -config {make_external "FIXED_IO, DDR"} $ps
set_property -dict [list CONFIG.PCW_FPGA0_PERIPHERAL_FREQMHZ {@MEGAHERTZ@} CONFIG.PCW_USE_S_AXI_HP0 {1}] $ps
set core [create_bd_cell -type module -reference bispike core]
set dma [create_bd_cell -type ip -vlnv xilinx.com:ip:axi_dma dma]
set_property -dict [list CONFIG.c_include_sg {0} CONFIG.c_sg_length_width {20}] $dma

connect_bd_intf_net [get_bd_intf_pins dma/M_AXIS_MM2S] [get_bd_intf_pins core/s_axis]
connect_bd_intf_net [get_bd_intf_pins core/m_axis] [get_bd_intf_pins dma/S_AXIS_S2MM]
foreach target {core/s_axi_ctrl dma/S_AXI_LITE} {
    apply_bd_automation -rule xilinx.com:bd_rule:axi4 \
        -config "Master /ps/M_AXI_GP0 Slave /$target Clk_master /ps/FCLK_CLK0 Clk_slave /ps/FCLK_CLK0" [get_bd_intf_pins $target]
}
foreach source {dma/M_AXI_MM2S dma/M_AXI_S2MM} {
    apply_bd_automation -rule xilinx.com:bd_rule:axi4 \
        -config "Master /$source Slave /ps/S_AXI_HP0 Clk_master /ps/FCLK_CLK0 Clk_slave /ps/FCLK_CLK0" [get_bd_intf_pins $source]
}
foreach light {busy learning error} {
    create_bd_port -dir O $light
    connect_bd_net [get_bd_pins core/$light] [get_bd_ports $light]
}
set_property offset 0x43C00000 [get_bd_addr_segs -of_objects [get_bd_addr_spaces ps/Data] -filter {NAME =~ "*core*"}]
validate_bd_design
save_bd_design

make_wrapper -files [get_files system.bd] -top -import
set_property top system_wrapper [current_fileset]
launch_runs impl_1 -to_step write_bitstream -jobs 4
wait_on_run impl_1
file copy -force vivado/bispike.runs/impl_1/system_wrapper.bit bispike.bit
file copy -force {*}[glob vivado/bispike.gen/sources_1/bd/system/hw_handoff/system.hwh] bispike.hwh
open_run impl_1
report_utilization -hierarchical -file utilization.rpt
report_timing_summary -file timing.rpt
